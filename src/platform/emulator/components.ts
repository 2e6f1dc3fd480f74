import type { CardJson } from '#cards/kit/card';

export type Json = Readonly<Record<string, unknown>>;

/** 卡片里能操作的一处 */
export interface Component {
  /** keys from the card's root, `body.elements.0.columns.1.elements.0` */
  readonly path: string;
  readonly tag: string;
  readonly json: Json;
  /** from the outermost to the innermost container */
  readonly containers: readonly Json[];
  /** the form that it stands in */
  readonly form: { readonly path: string; readonly json: Json } | null;
}

const interactiveTags = [
  'button',
  'input',
  'select_static',
  'multi_select_static',
  'select_person',
  'multi_select_person',
  'date_picker',
  'picker_time',
  'picker_datetime',
  'overflow',
  'checker',
  'select_img',
  'interactive_container',
];

/** 能操作的各处 — in reading order. */
export function componentsOf(card: CardJson): Component[] {
  const found: Component[] = [];
  const visit = (value: unknown, path: string, containers: readonly Json[], form: Component['form']): void => {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, `${path}.${index}`, containers, form);
      return;
    }
    if (!isJson(value)) return;
    const { tag } = value;
    if (typeof tag === 'string' && interactiveTags.includes(tag)) found.push({ path, tag, json: value, containers, form });
    const innerForm = tag === 'form' ? { path, json: value } : form;
    const innerContainers = typeof tag === 'string' ? [...containers, value] : containers;
    for (const key of ['elements', 'columns', 'button_area', 'buttons']) {
      if (key in value) visit(value[key], `${path}.${key}`, innerContainers, innerForm);
    }
  };
  visit(card.body.elements, 'body.elements', [], null);
  return found;
}

/** 点哪里 — by path, by name, or by the words on it; `within` picks the row when several look alike. */
export interface Target {
  readonly button: string;
  /** words that the innermost container around the button, but not around its likes, contains */
  readonly within?: string;
}

/** 找到要点的 @throws Error when none or several match: a mistake of who wrote the test, said with what is on the card */
export function findComponent(card: CardJson, { button, within }: Target): Component {
  const all = componentsOf(card);
  const byPath = all.filter(({ path }) => path === button);
  const byName = all.filter(({ json }) => json['name'] === button);
  const byText = all.filter(({ json }) => textOf(json) === button);
  const candidates = [byPath, byName, byText].find(({ length }) => length > 0) ?? [];
  const matching = within === undefined ? candidates : candidates.filter((candidate) => standsWithin(candidate, within));
  const [first, second] = matching;
  if (first && !second) return first;
  const present = all.map(({ path, tag, json }) => `${tag} 「${textOf(json)}」 ${String(json['name'] ?? '')} @ ${path}`).join('\n');
  throw new Error(`卡片上${first ? '不止一处' : '没有'}「${button}」${within === undefined ? '' : `（在「${within}」中）`}：\n${present}`);
}

/** The smallest container around it that has any words of its own decides. */
function standsWithin({ containers }: Component, words: string): boolean {
  const around = [...containers].reverse().find((container) => wordsBesideButtons(container) !== '');
  return around !== undefined && wordsBesideButtons(around).includes(words);
}

/** 按钮以外的文字：一排按钮彼此的字不说明这排办的是什么。 */
function wordsBesideButtons(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsBesideButtons).filter(Boolean).join(' ');
  if (!isJson(value) || value['tag'] === 'button') return '';
  return wordsOf({ ...value, elements: undefined, columns: undefined })
    .concat(' ', wordsBesideButtons(value['elements'] ?? []), ' ', wordsBesideButtons(value['columns'] ?? []))
    .trim();
}

/** 元素里的文字，连在一起 */
function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).filter(Boolean).join(' ');
  if (!isJson(value)) return '';
  const own = typeof value['content'] === 'string' ? value['content'] : '';
  const inner = Object.entries(value).map(([key, child]) => (key === 'value' || key === 'behaviors' ? '' : wordsOf(child)));
  return [own, ...inner].filter(Boolean).join(' ');
}

/** 按钮上的字 */
export function textOf(json: Json): string {
  const { text, label, placeholder } = json;
  const shown = [text, label, placeholder].find(isJson);
  return typeof shown?.['content'] === 'string' ? shown['content'] : '';
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** 点了回调什么 — the callback behaviour's value, or the legacy top-level one. @returns null when a click calls nobody back */
export function callbackValue(json: Json): Json | string | null {
  const behaviors = Array.isArray(json['behaviors']) ? json['behaviors'].filter(isJson) : [];
  const value = behaviors.find(({ type }) => type === 'callback')?.['value'] ?? json['value'];
  return isJson(value) || typeof value === 'string' ? value : null;
}

/** 点了打开什么 */
export function linkOf(json: Json): string | null {
  const behaviors = Array.isArray(json['behaviors']) ? json['behaviors'].filter(isJson) : [];
  const url = behaviors.find(({ type }) => type === 'open_url')?.['default_url'] ?? json['url'];
  return typeof url === 'string' ? url : null;
}
