import qrcode from 'qrcode';
import { page, safe } from '#core/html';
import type { WebPage } from '#core/web';
import { printSlips, type SlipToPrint, slipClasses } from '#domain/review/slips';
import { slipColors } from './slip-colors.ts';

const path = '/p/print/:key';

const style = `
body{margin:0;color:#1f2329;font:16px/1.5 -apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif}main{padding:16px;max-width:210mm;margin:0 auto}
button{font-size:20px;padding:12px 24px;background:#1456f0;color:#fff;border:0;border-radius:8px}
.sheet{display:grid;grid-template-columns:repeat(3,1fr);gap:4mm}
.slip{border:1px dashed #646a73;border-top:8mm solid;padding:3mm;break-inside:avoid;text-align:center}
.slip svg{width:40mm;height:40mm}.slip strong{display:block;font-size:18px}.slip>*{color:#1f2329}.slip small{color:#4e5969;display:block;font-size:12px;line-height:1.3;word-break:break-all}
h2{font-size:20px;margin:16px 0 8px}.of+.of{break-before:page}
@media print{.noprint{display:none}.of h2{margin:0 0 4mm}@page{margin:10mm}}`;

/** 打印纸质票 — the page first asks: whoever only previews the address does not use it up. */
export const printPage: WebPage = {
  name: 'review.print',
  method: 'GET',
  path,
  handle: (_ctx, { params }) => {
    const body = `<main><h1>打印纸质票</h1><p>票只显示这一次，系统只留指纹。请连好打印机再生成；重新生成一批，先前的票全部作废。</p>
<form method="post" action="/p/print/${safe(params['key'] ?? '')}"><button type="submit">生成并打印</button></form></main>`;
    return Promise.resolve({ html: page('打印纸质票', body, { style }) });
  },
};

/** 生成一批票 — the only time that the tokens exist outside the paper. */
export const printSheet: WebPage = {
  name: 'review.print-sheet',
  method: 'POST',
  path,
  handle: async (ctx, { params }) => {
    const { session, slips } = await printSlips(ctx, params['key'] ?? '');
    const classes = slipClasses(session);
    const colors = slipColors(session);
    const sheets = await Promise.all(
      classes.map(async ({ name, guests }) => {
        const own = slips.filter(({ voterClass }) => voterClass === name);
        const color = colors.get(name);
        const printed = await Promise.all(own.map((slip) => slipOf(slip, { number: session.number, publicUrl: ctx.settings.publicUrl })));
        const words = `${safe(name)}：${guests}张，另备用${own.length - guests}张，${color?.name ?? ''}`;
        return `<section class="of"><h2>${words}</h2><div class="sheet" style="color:${color?.css ?? ''}">${printed.join('')}</div></section>`;
      }),
    );
    const intro = `<p class="noprint">请立即打印，剪开打乱后随机发放，不登记谁拿了哪一张。一类一种颜色，不要混发；备用票没有启用，换票时才发。</p>`;
    return { html: page('纸质票', `<main>${intro}${sheets.join('')}</main>`, { style }) };
  },
};

async function slipOf(
  { token, voterClass, serial, spare }: SlipToPrint,
  { number, publicUrl }: { number: string; publicUrl: string },
): Promise<string> {
  const address = `${publicUrl}/p/ballot/${token}`;
  const code = await qrcode.toString(address, { type: 'svg', margin: 1, errorCorrectionLevel: 'M' });
  const words = `<div>${safe(number)}　第${serial}号${spare ? '（备用）' : ''}</div><small>用微信或相机扫码投票，一张管全场；扫不出就输入：<br>${safe(address)}</small>`;
  return `<section class="slip"><strong>${safe(voterClass)}测评票</strong>${code}${words}</section>`;
}
