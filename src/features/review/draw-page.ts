import { fileURLToPath } from 'node:url';
import { NotFoundError } from '#core/errors';
import { page, safe } from '#core/html';
import type { PageScript, WebPage } from '#core/web';
import { openDraw } from '#domain/draws/draw';
import { drawNumbers, drawSeats } from '#domain/review/observers';
import { getSession } from '#domain/review/setup';
import { findDrawByCommitment } from '#domain/review/store';
import { ballotStyle } from './ballot-style.ts';

/** 核对抽签的脚本 */
export const drawScript: PageScript = { path: '/p/draw.js', entry: fileURLToPath(new URL('draw-client/main.ts', import.meta.url)) };

const style = `${ballotStyle}main{max-width:48rem}dt{color:#4e5969;margin-top:.75rem}dd{margin:0;word-break:break-all}
form label{display:block;border:0;padding:0;margin:.75rem 0;font-size:1rem}form label:focus-within{outline:0}textarea,form input[type=text]{width:100%;font-size:1rem}ol{padding-left:2rem}`;

/** 核对抽签 — public: its address is the commitment, which was posted before the draw. What is not opened yet is not on it. */
export const drawPage: WebPage = {
  name: 'review.draw-page',
  method: 'GET',
  path: '/p/draw/:commitment',
  handle: async (ctx, { params }) => {
    const commitment = params['commitment'] ?? '';
    const draw = await findDrawByCommitment(ctx.tx, commitment);
    if (!draw) throw new NotFoundError('没有这次抽签，请核对地址里的承诺。');
    const { title, plan } = await getSession(ctx, draw.sessionId);
    const head = `<h1>${safe(title)}</h1><h2>抽签 ${safe(draw.id)}</h2><dl><dt>承诺（取数之前公布）</dt><dd>${safe(commitment)}</dd></dl>`;
    if (draw.state === 'voided') {
      const words = `这次抽签已经作废，次序无效。原因：${draw.voidReason ?? ''}。另开的一次有自己的承诺。`;
      return { html: page('核对抽签', `<main>${head}<p class="state" role="status">${safe(words)}</p></main>`, { style }) };
    }
    if (draw.state !== 'opened') {
      const words = '<p class="state" role="status">还没有开签：监督员取数之后，这里会有重算所需的一切。</p>';
      return { html: page('核对抽签', `<main>${head}${words}</main>`, { style }) };
    }
    const seats = drawSeats(plan, draw.inputs);
    const inputs = drawNumbers(plan, draw.inputs);
    const proof = openDraw({ drawId: draw.id, secret: draw.secret, items: draw.items }, inputs);
    const value = (name: string, label: string, text: string): string =>
      `<label>${label}<input type="text" name="${name}" value="${safe(text)}"></label>`;
    const body = `<main>${head}<p class="state" role="status" id="verdict">这里的数就是公布的；允许脚本时，由您的浏览器重算。</p>
<form id="draw" data-commitment="${safe(commitment)}" data-order="${safe(draw.order.join('\n'))}">
${value('drawId', '抽签编号', proof.drawId)}<label>名单，按代码排序，一行一家<textarea name="items" rows="${proof.items.length + 1}">${safe(proof.items.join('\n'))}</textarea></label>
${value('secret', '密数', proof.secret)}${value('inputs', `取数：${safe(seats.map(({ name }) => name).join('、'))}`, inputs.join(' '))}</form>
<h2>述职次序</h2><ol id="order">${proof.order.map((item) => `<li>${safe(item)}</li>`).join('')}</ol>
<dl><dt>名单指纹</dt><dd id="listHash">${safe(proof.listHash)}</dd><dt>重算的承诺</dt><dd id="commitment">${safe(proof.commitment)}</dd><dt>种子</dt><dd id="seed">${safe(proof.seed)}</dd></dl>
<p class="small">名单指纹＝SHA256(名单)；承诺＝SHA256(DRAW-V1、编号、密数、名单，各一行)；种子＝HMAC-SHA256(密数, 编号|取数)；次序由种子的数流从后往前洗牌。改动上面任何一个字，都看得到结果跟着变。不用浏览器，命令行“draw verify 抽签证明.json”也一样。</p></main>`;
    return { html: page('核对抽签', body, { style, scripts: [drawScript.path] }) };
  },
};
