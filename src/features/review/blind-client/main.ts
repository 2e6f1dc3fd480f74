// 匿名投票页，在投票人的浏览器里：跟着会场走，开放时自动领一张匿名票，由人选好再投出。
import type { DeskNow, OpeningNow, UnitNow } from './desk-now.ts';
import { ask, Refused } from './net.ts';
import { codeOf, forgetOthers, Wallet } from './ticket.ts';

const place = document.getElementById('desk') as HTMLElement;
const key = place.dataset['key'] ?? '';
/** 每隔几秒问一次，各人错开：领票、投票的早晚，从问的节奏里看不出来 */
const pause = (): number => 3000 + Math.random() * 2000;

let shown = '';

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function say(words: string, ...more: readonly Node[]): void {
  place.replaceChildren(make('p', { class: 'state', role: 'status' }, words), ...more);
}

async function follow(): Promise<void> {
  let over = false;
  try {
    const now = await ask<DeskNow>(`/p/now/${key}`);
    over = now.over;
    const state = JSON.stringify(now);
    if (state !== shown) {
      await show(now);
      shown = state;
    }
  } catch (error) {
    shown = '';
    over = error instanceof Refused;
    say(error instanceof Refused ? error.message : '网络断了，正在重试……');
  }
  if (!over) setTimeout(() => void follow(), pause());
}

async function show({ words, opening }: DeskNow): Promise<void> {
  forgetOthers(opening?.id ?? null);
  if (!opening) {
    say(words);
    return;
  }
  const wallet = new Wallet(key, opening);
  if (!wallet.cast) {
    say('正在领匿名票，请稍候……');
    // 一起开放，不一起来领：几百部手机错开两秒。
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Number(place.dataset['spread'] ?? 2000)));
    await wallet.draw();
  }
  const code = await codeOf(opening.keys);
  const open = (): void => place.replaceChildren(formOf(opening, { code, onSend: (choices) => send(wallet, opening, choices) }));
  if (wallet.cast) done(opening, '您已投票。', open);
  else open();
}

function done(opening: OpeningNow, words: string, again: () => void): void {
  if (opening.press === 'first') {
    say(`${words}投出不能改，请等下一家，到时这一页会变成新的测评票。`);
    return;
  }
  const button = make('button', { type: 'button' }, '改投');
  button.addEventListener('click', again);
  say(`${words}${opening.closesAt}之前可以改投，以最后一次为准。`, button);
}

async function send(wallet: Wallet, opening: OpeningNow, choices: Readonly<Record<string, string>>): Promise<string> {
  try {
    const words = await wallet.send(choices);
    const again = (): void => {
      shown = '';
      void codeOf(opening.keys).then((code) => place.replaceChildren(formOf(opening, { code, onSend: (more) => send(wallet, opening, more) })));
    };
    if (wallet.cast) done(opening, words, again);
    return words;
  } catch (error) {
    return error instanceof Refused ? error.message : '没有送到，请再按一次；同一张票只算一次。';
  }
}

function formOf(
  opening: OpeningNow,
  { code, onSend }: { code: string; onSend: (choices: Record<string, string>) => Promise<string> },
): HTMLFormElement {
  const told = make('p', { class: 'state', role: 'status' }, `已领到匿名票。核对码 ${code}，与大屏上的一致再投。`);
  const button = make('button', { type: 'submit' }, '投票');
  const rule = opening.press === 'first' ? '以第一次为准，投出不能改。' : `${opening.closesAt}之前可以改投，以最后一次为准。`;
  const form = make('form', {}, told, ...opening.units.map((unit) => unitOf(opening, unit)), button, make('p', { class: 'small' }, rule));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const choices = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, filled(name, String(value))]));
    button.disabled = true;
    told.textContent = '正在投出……';
    void onSend(choices).then((words) => {
      told.textContent = words;
      button.disabled = false;
    });
  });
  return form;
}

/** 打分的空着，就是弃权：与卡片、纸质票一样 */
const filled = (name: string, value: string): string => (name.startsWith('choice-') && value.trim() === '' ? 'abstain' : value);

function unitOf({ method, choices, commentMax }: OpeningNow, { roundId, name, presenter, position, total }: UnitNow): HTMLFieldSetElement {
  const field = `choice-${roundId}`;
  const legend = make('legend', {}, make('h2', {}, name), make('span', { class: 'small' }, `第${position}/${total}家　${presenter}`));
  const option = (value: string, words: string): HTMLLabelElement =>
    make('label', {}, make('input', { type: 'radio', name: field, value, required: '' }), ` ${words}`);
  const blank = '不填即弃权';
  const score = {
    type: 'text',
    inputmode: 'numeric',
    name: field,
    maxlength: '3',
    placeholder: `0—100，${blank}`,
    'aria-label': `${name}，0到100分，${blank}`,
  };
  const room = { name: `comment-${roundId}`, maxlength: String(commentMax), rows: '2', placeholder: `意见建议，${commentMax}字以内` };
  const comment = commentMax > 0 ? [make('label', { class: 'comment' }, '评语，可不写，不署名', make('textarea', room))] : [];
  return make(
    'fieldset',
    {},
    legend,
    ...(method === 'grades' ? [...choices.map((choice) => option(choice, choice)), option('abstain', '弃权')] : [make('input', score)]),
    ...comment,
  );
}

if (globalThis.crypto?.subtle === undefined) say('这个地址不是https的，浏览器不许生成匿名票。请把这一页给现场工作人员看。');
else void follow();
