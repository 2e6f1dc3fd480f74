import { randomUUID } from 'node:crypto';
import type { ActionValue } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import { render } from '#cards/kit/render';

type Encode = (value: ActionValue) => Record<string, unknown>;

/** 画到一半的卡片 — JSON in pieces; between them go the sealed values of the buttons, which are each person's own. */
interface Drawn {
  readonly before: readonly { readonly text: string; readonly value: ActionValue }[];
  readonly rest: string;
}

/** 不会出现在卡片里的一串 */
const gap = randomUUID();
const gaps = new RegExp(`\\{"${gap}":(\\d+)\\}`);
const once = new WeakSet<Card>();
const drawnCards = new WeakMap<Card, Drawn>();

/** 画卡片 — as JSON. A whole hall is answered with one card: what is the same for everybody is drawn once. */
export function draw(card: Card, encode: Encode): string {
  if (!once.has(card)) {
    once.add(card);
    return JSON.stringify(render(card, { encode }));
  }
  const drawn = drawnCards.get(card) ?? outline(card);
  drawnCards.set(card, drawn);
  return drawn.before.reduce((json, { text, value }) => `${json}${text}${JSON.stringify(encode(value))}`, '') + drawn.rest;
}

function outline(card: Card): Drawn {
  const values: ActionValue[] = [];
  const json = JSON.stringify(render(card, { encode: (value) => ({ [gap]: values.push(value) - 1 }) }));
  const pieces = json.split(gaps);
  const before = values.map((_, at) => ({ text: pieces[2 * at] ?? '', value: values[Number(pieces[2 * at + 1])] as ActionValue }));
  return { before, rest: pieces.at(-1) ?? '' };
}
