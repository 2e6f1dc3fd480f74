import type { Card } from './card.ts';
import type { ButtonElement, Element, FieldsElement, FormChild, FormElement, SelectElement, SubmitElement, TextElement, Words } from './elements.ts';
import { clip, plain, plainMessage } from './markdown.ts';

const elementsMax = 6;
const fieldsMax = 4;
const buttonsMax = 3;
const optionsMax = 50;
const initialMax = 1_000;
/** letters */
const lengths = { title: 60, words: 240, label: 30, button: 20, summary: 120, markdown: 1_000 } as const;

/**
 * 缩小 — a much smaller card for when the platform refuses the full one: the summary, the first texts and fields as plain text, the form
 * and the buttons. Texts are cut, so that a card of any content stays within the budget of bytes.
 */
export function shrink(card: Card): Card {
  const kept: Element[] = [];
  for (const element of card.elements) {
    const small = element && kept.length < elementsMax ? smaller(element) : null;
    if (small) kept.push(small);
  }
  const summary = clip(plain(card.summary), lengths.summary);
  return {
    ...card,
    title: clip(card.title, lengths.title),
    ...(card.subtitle ? { subtitle: clip(card.subtitle, lengths.title) } : {}),
    ...(card.tags ? { tags: card.tags.map((tag) => ({ ...tag, text: clip(tag.text, lengths.button) })) } : {}),
    summary,
    elements: [{ kind: 'text', words: summary }, ...kept],
  };
}

/** 改成文字 — the last resort: title, summary and where to go on. @param link an address that opens the bot */
export function asText({ title, summary }: Card, link?: string): string {
  const [head, words] = [plainMessage(title), plainMessage(summary)];
  const text = words.startsWith(head) ? words : `【${head}】${words}`;
  return link ? `${text}\n详情请打开：${link}` : `${text}\n详情请在与我的单聊中发送“我的任务”查看。`;
}

/** 能省的省去（表格、图表、面板、分栏），要办的留下。 */
function smaller(element: Element): Element | null {
  switch (element.kind) {
    case 'text':
    case 'note':
      return { ...element, words: cut(element.words) };
    case 'fields':
      return asLines(element);
    case 'buttons':
      return { ...element, buttons: element.buttons.filter(isPresent).slice(0, buttonsMax).map(smallerButton) };
    case 'row':
      return element.button
        ? {
            ...element,
            words: cut(element.words),
            button: smallerButton(element.button),
            more: element.more?.slice(-1).map((each) => smallerButton(each)),
          }
        : null;
    case 'form':
      return smallerForm(element);
    case 'table':
    case 'columns':
    case 'panel':
    case 'chart':
    case 'progress':
    case 'divider':
      return null;
  }
}

/** 名目与值写成纯文本：Markdown 里转义过的文字长几倍。 */
function asLines({ fields }: FieldsElement): TextElement {
  const lines = fields
    .slice(0, fieldsMax)
    .map(({ label, value }) => `${clip(label, lengths.label)}：${typeof value === 'string' ? clip(value, lengths.words) : '见详情'}`);
  return { kind: 'text', words: lines.join('\n'), lines: 12 };
}

function smallerForm({ name, elements }: FormElement): FormElement {
  return { kind: 'form', name, elements: elements.filter(isPresent).map(smallerChild).filter(isPresent) };
}

function smallerChild(child: FormChild): FormChild | null {
  switch (child.kind) {
    case 'submit':
      return smallerButton(child);
    case 'submits':
      return { ...child, buttons: child.buttons.map((button) => smallerButton(button)) };
    case 'select':
      return { ...child, label: clip(child.label, lengths.label), options: smallerOptions(child) };
    case 'input':
      return {
        ...child,
        label: clip(child.label, lengths.label),
        placeholder: child.placeholder && clip(child.placeholder, lengths.label),
        // 比输入框收得下的还长，客户端也不收。
        initial: (child.initial?.length ?? 0) <= (child.maxLength ?? initialMax) ? child.initial : undefined,
      };
    case 'datePicker':
    case 'personPicker':
      return { ...child, label: clip(child.label, lengths.label) };
    case 'checker':
      return { ...child, text: clip(child.text, lengths.label) };
    case 'text':
    case 'note':
      return { ...child, words: cut(child.words) };
    case 'fields':
      return asLines(child);
    case 'panel':
    case 'divider':
      return null;
  }
}

function smallerOptions({ options }: SelectElement): SelectElement['options'] {
  return options.slice(0, optionsMax).map(({ text, value }) => ({ text: clip(text, lengths.label), value }));
}

function smallerButton<Pressed extends ButtonElement | SubmitElement>(button: Pressed): Pressed {
  const { confirm } = button;
  const small = { ...button, text: clip(button.text, lengths.button) };
  return confirm ? { ...small, confirm: { title: clip(confirm.title, lengths.label), text: clip(confirm.text, lengths.words) } } : small;
}

function cut(words: Words): Words {
  if (typeof words === 'string') return clip(words, lengths.words);
  // 自家的标记不能从中间切断。
  return words.markdown.length <= lengths.markdown ? words : '内容较长，请打开详情查看。';
}

const isPresent = <T>(element: T | null | false | undefined): element is T => element !== null && element !== false && element !== undefined;
