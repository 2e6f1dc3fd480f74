import qrcode from 'qrcode';
import { page, safe } from '#core/html';
import type { WebPage } from '#core/web';
import { printSlips } from '#domain/review/slips';

const path = '/p/print/:key';

const style = `
body{margin:0;color:#1f2329;font:16px/1.5 -apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif}main{padding:16px;max-width:210mm;margin:0 auto}
button{font-size:20px;padding:12px 24px;background:#1456f0;color:#fff;border:0;border-radius:8px}
.sheet{display:grid;grid-template-columns:repeat(3,1fr);gap:4mm}
.slip{border:1px dashed #646a73;border-top:8mm solid #1456f0;padding:3mm;break-inside:avoid;text-align:center}
.slip svg{width:40mm;height:40mm}.slip strong{display:block;font-size:18px}.slip small{color:#4e5969;display:block;font-size:12px;line-height:1.3;word-break:break-all}
@media print{.noprint{display:none}@page{margin:10mm}}`;

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
    const { session, voterClass, tokens, spare } = await printSlips(ctx, params['key'] ?? '');
    const slips = await Promise.all(
      tokens.map(async (token, index) => {
        const address = `${ctx.settings.publicUrl}/p/ballot/${token}`;
        const code = await qrcode.toString(address, { type: 'svg', margin: 1, errorCorrectionLevel: 'M' });
        const kind = index >= tokens.length - spare ? '（备用）' : '';
        return `<section class="slip"><strong>${safe(voterClass)}测评票</strong>${code}<div>${safe(session.number)}　第${index + 1}号${kind}</div><small>用微信或相机扫码投票，一张管全场；扫不出就输入：<br>${safe(address)}</small></section>`;
      }),
    );
    const intro = `<p class="noprint">${tokens.length - spare}张，另备用${spare}张，蓝色。请立即打印，剪开打乱后随机发放，不登记谁拿了哪一张。</p>`;
    return { html: page('纸质票', `<main>${intro}<div class="sheet">${slips.join('')}</div></main>`, { style }) };
  },
};
