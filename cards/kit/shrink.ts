import type { Card } from './card.ts';
import type { Element, Words } from './elements.ts';
import { clip, plain, plainMessage } from './markdown.ts';

const elementsMax = 6;
const lengthMax = 300;

/** 缩小 — a much smaller card for when the platform refuses the full one: the first texts and fields, and the buttons. */
export function shrink(card: Card): Card {
  const kept: Element[] = [];
  for (const element of card.elements) {
    if (!element || kept.length >= elementsMax) continue;
    if (element.kind === 'text' || element.kind === 'note') kept.push({ ...element, words: cut(element.words) });
    else if (element.kind === 'fields')
      kept.push({ kind: 'fields', fields: element.fields.slice(0, 4).map((field) => ({ ...field, value: cut(field.value) })) });
    else if (element.kind === 'buttons') kept.push({ ...element, buttons: element.buttons.slice(0, 3) });
    else if (element.kind === 'form') kept.push(element);
  }
  return { ...card, elements: [{ kind: 'text', words: plain(card.summary) }, ...kept] };
}

/** 改成文字 — the last resort: title, summary and where to go on. @param link an address that opens the bot */
export function asText({ title, summary }: Card, link?: string): string {
  const [head, words] = [plainMessage(title), plainMessage(summary)];
  const text = words.startsWith(head) ? words : `【${head}】${words}`;
  return link ? `${text}\n详情请打开：${link}` : `${text}\n详情请在与我的单聊中发送“我的任务”查看。`;
}

function cut(words: Words): Words {
  return typeof words === 'string' ? clip(words, lengthMax) : words;
}
