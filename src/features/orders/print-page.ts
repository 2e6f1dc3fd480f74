import qrcode from 'qrcode';
import { formatDay, formatInstant } from '#cards/kit/format';
import { orderStatus, term, workItemStatus } from '#cards/kit/terms';
import type { Context } from '#core/context';
import type { DocumentBlock, DocumentSection } from '#core/document';
import { NotFoundError } from '#core/errors';
import { page, safe } from '#core/html';
import type { WebPage } from '#core/web';
import { addresseeOf } from '#domain/orders/addressee';
import { getOrder, type OrderOfItem } from '#domain/orders/draft';
import { isHalted } from '#domain/orders/halted';
import { owedStatuses } from '#domain/orders/model';
import { findOrderByKey } from '#domain/orders/store';
import { listUnits } from '#domain/roster/store';
import { writtenCode } from '#domain/work-items/written-code';
import { orderFile } from './document.ts';

// 尺寸与 runtime/documents/measures.ts 相同：这一页就是没有 PDF 时的打印稿。
const style = `
body{margin:0;background:#eff1f3;color:#1f2329;font:16pt/28.95pt "仿宋_GB2312",FangSong,STFangsong,"Noto Serif CJK SC",serif}
.now{max-width:156mm;margin:0 auto;padding:16px;font:15px/1.6 -apple-system,"PingFang SC","Noto Sans CJK SC",sans-serif}
.now h1{font-size:20px;margin:0 0 8px}.now dl{display:grid;grid-template-columns:5em 1fr;gap:4px 12px;margin:0}.now dt{color:#4e5969}.now dd{margin:0}
.sheet{box-sizing:border-box;width:210mm;max-width:100%;margin:12px auto;padding:37mm 26mm 35mm 28mm;background:#fff;position:relative}
.sheet p{margin:0;text-indent:2em;overflow-wrap:anywhere}.sheet .flat{text-indent:0}.sheet b{font-weight:400;font-family:"黑体",SimHei,"Noto Sans CJK SC",sans-serif}
.issuer{padding-top:35mm;color:#f00;text-align:center;font:48pt/1 "方正小标宋简体",FZXiaoBiaoSong-B05S,"Noto Serif CJK SC",serif;margin:0 0 57.9pt}
.number{display:flex;justify-content:space-between;padding:0 1em 4mm;border-bottom:1.5pt solid #f00}
.title{text-align:center;font:22pt/35pt "方正小标宋简体",FZXiaoBiaoSong-B05S,"Noto Serif CJK SC",serif;margin:14.5pt 0}.title.apart{margin:57.9pt 0 28.95pt}
.subtitle{text-align:center;text-indent:0!important;margin-bottom:14.5pt!important}
.signature{display:flex;justify-content:space-between;align-items:flex-end;padding:20pt 4em 0 2em}.signature svg{width:24mm;height:24mm}.signature div{text-align:center}
table{width:100%;border-collapse:collapse}td{border:.5pt solid #000;padding:4pt 6pt;vertical-align:middle}td:first-child{width:42mm;text-align:center;font-family:"黑体",SimHei,sans-serif}
.imprint{margin-top:28.95pt;font-size:14pt;line-height:24pt;border:solid #000;border-width:.35mm 0}.imprint p{text-indent:0;display:flex;justify-content:space-between;padding:0 1em}.imprint p+p{border-top:.25mm solid #000}
@media screen and (max-width:760px){.sheet{padding:10mm 6mm}.issuer{padding-top:8mm;font-size:30pt;margin-bottom:20pt}
.number{padding:0 0 3mm;font-size:12pt;line-height:18pt}.signature{padding:20pt 0 0}.imprint{font-size:11pt;line-height:18pt}.imprint p{padding:0}td:first-child{width:24mm}}
@media print{body{background:#fff}.now{display:none}.sheet{margin:0;padding:0;width:auto}.sheet+.sheet{break-before:page}@page{size:A4;margin:37mm 26mm 35mm 28mm}}`;

/** 令的网页 — what the code on the paper opens: how the order and its item stand now, and the order itself, ready to be printed. */
export const orderPage: WebPage = {
  name: 'orders.order',
  method: 'GET',
  path: '/p/order/:key',
  handle: async (ctx, { params }) => {
    const found = await findOrderByKey(ctx.tx, params['key'] ?? '');
    if (!found || found.number === null) throw new NotFoundError('没有这道督办令，请核对二维码或地址', 'no order for the key of a page');
    const current = await getOrder(ctx, found.id);
    const { document } = await orderFile(ctx, found.id);
    const [{ leadUnit }, addressee] = [current.item, await addresseeOf(ctx, current)];
    const units = new Map((await listUnits(ctx.tx)).map(({ code, name }) => [code, name]));
    const nameOf = (unit: string): string => units.get(unit) ?? unit;
    const code = await writtenCode(ctx, current.item);
    const sheets = await Promise.all(document.sections.map(sheetOf));
    return {
      html: page(
        `督办令 ${found.number}`,
        `<main>${nowOf(ctx, current, { code, unitName: nameOf(addressee), movedTo: addressee === leadUnit ? null : nameOf(leadUnit) })}${sheets.join('')}</main>`,
        { style },
      ),
    };
  },
};

/** 现在办到哪里 — on the screen only, not on the paper. */
function nowOf(
  ctx: Context,
  { order, item }: OrderOfItem,
  { code, unitName, movedTo }: { code: string; unitName: string; movedTo: string | null },
): string {
  const at = (instant: Date | null): string | null => (instant === null ? null : formatInstant(instant, ctx.today));
  const changed = item.dueOn === item.originalDueOn ? '' : `（原定${formatDay(item.originalDueOn, ctx.today)}）`;
  const stopped = isHalted(item) && owedStatuses.includes(order.status) ? '（停表，恢复办理后顺延）' : '';
  const rows: (readonly [string, string | null])[] = [
    ['主送', unitName],
    [
      '督办令',
      `${order.number ?? ''}　${term(orderStatus, order.status)}${order.voidReason !== null && order.voidedAt ? `：${order.voidReason}` : ''}`,
    ],
    ['事项', `${code} ${item.title}　${term(workItemStatus, item.status)}，完成${item.percent}%`],
    ['改派', movedTo && `事项已改由${movedTo}牵头`],
    ['时限', `${formatDay(item.dueOn, ctx.today)}${changed}`],
    ['签收', at(order.acknowledgedAt) ?? (order.acknowledgeBy && `${at(order.acknowledgeBy)}前${stopped}`)],
    ['回复', order.replyBy && `${at(order.replyBy)}前${stopped}`],
    ['完成日期', order.promisedOn && formatDay(order.promisedOn, ctx.today)],
    ['销号', at(order.closedAt)],
  ];
  const list = rows.map(([name, value]) => (value ? `<dt>${safe(name)}</dt><dd>${safe(value)}</dd>` : '')).join('');
  return `<section class="now"><h1>督办令办理情况</h1><dl>${list}</dl><p>下面是令文，可用浏览器打印（A4）。签收、回复请在飞书的督办令卡片上办理。</p></section>`;
}

async function sheetOf({ blocks, imprint }: DocumentSection): Promise<string> {
  const parts = await Promise.all(blocks.map(htmlOf));
  const foot = imprint
    ? `<div class="imprint">${imprint.copies.length > 0 ? `<p>抄送：${safe(imprint.copies.join('，'))}。</p>` : ''}<p><span>${safe(imprint.office)}</span><span>${safe(imprint.date)}印发</span></p></div>`
    : '';
  return `<section class="sheet">${parts.join('')}${foot}</section>`;
}

async function htmlOf(block: DocumentBlock): Promise<string> {
  switch (block.kind) {
    case 'letterhead':
      return `<h1 class="issuer">${safe(block.issuer)}</h1><div class="number"><span>${safe(block.number)}</span><span>签发人：${safe(block.signer)}</span></div>`;
    case 'mark':
      return `<p class="flat"><b>${safe(block.text)}</b></p>`;
    case 'title':
      return `<h2 class="title${block.apart ? ' apart' : ''}">${block.lines.map(safe).join('<br>')}</h2>`;
    case 'subtitle':
      return `<p class="subtitle">${safe(block.text)}</p>`;
    case 'recipient':
      return `<p class="flat">${safe(block.text)}</p>`;
    case 'heading':
      return `<p><b>${safe(block.text)}</b></p>`;
    case 'paragraph':
      return `<p>${block.lead === undefined ? '' : `<b>${safe(block.lead)}</b>`}${safe(block.text)}</p>`;
    case 'attachments':
      return `<p>&nbsp;</p>${block.names.map((name, index) => `<p>${index === 0 ? '附件：' : '　　　'}${index + 1}．${safe(name)}</p>`).join('')}`;
    case 'signature': {
      const code = block.seal ? await qrcode.toString(block.seal.address, { type: 'svg', margin: 1, errorCorrectionLevel: 'M' }) : '';
      return `<div class="signature">${code}<div>${safe(block.office)}<br>${safe(block.date)}</div></div>`;
    }
    case 'annotation':
      return `<p>（${safe(block.text)}）</p>`;
    case 'slip':
      return `<table>${block.rows.map(({ label, value, lines }) => `<tr style="height:${lines * 28.95}pt"><td>${safe(label)}</td><td>${safe(value)}</td></tr>`).join('')}</table>`;
    case 'table':
      return `<table>${block.rows.map((row) => ('band' in row ? `<tr><td colspan="${block.columns.length}">${safe(row.band)}</td></tr>` : `<tr>${row.cells.map((cell) => `<td>${safe(cell)}</td>`).join('')}</tr>`)).join('')}</table>`;
  }
}
