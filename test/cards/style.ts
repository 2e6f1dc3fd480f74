import type { Card, CardJson } from '#cards/kit/card';
import type { Element } from '#cards/kit/elements';
import { isJson, type Json } from '#cards/kit/schema/inspection';

/**
 * 卡片风格 — the platform's style rules P0–P7 as far as a program can see them (P0's “every fact is shown” is in cards.test.ts).
 * Every sentence that comes back is a fault.
 */
export function styleFaults(card: Card, json: CardJson): string[] {
  const nodes = nodesOf(json);
  return [p0, p1, p2, p3, p4, p5, p6, p7].flatMap((rule) => rule({ card, json, nodes }));
}

interface Subject {
  readonly card: Card;
  readonly json: CardJson;
  readonly nodes: readonly Json[];
}

/** 卡片里的每一个对象；折叠起来的也算。 */
function nodesOf(value: unknown): Json[] {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (!isJson(value)) return [];
  return [value, ...Object.entries(value).flatMap(([key, inner]) => (key === 'value' || key === 'chart_spec' ? [] : nodesOf(inner)))];
}

const contentOf = (value: unknown): string => (isJson(value) && typeof value['content'] === 'string' ? value['content'] : '');
const present = (card: Card): Element[] => card.elements.filter((element): element is Element => Boolean(element));
const buttonsOf = (nodes: readonly Json[]): Json[] => nodes.filter(({ tag }) => tag === 'button');

/** P0 要说的都说，别的不说：没有拼坏的文字和空白的块。 */
function p0({ nodes }: Subject): string[] {
  const texts = nodes.filter((node) => typeof node['content'] === 'string');
  const broken = texts.filter(({ content }) => /undefined|null|NaN|\[object|Invalid Date|\{\{|TODO/.test(String(content)));
  const empty = texts.filter(({ content }) => String(content).trim() === '');
  return [...broken.map(({ content }) => `P0 文字拼坏了：${String(content)}`), ...empty.map(() => 'P0 有空白的文字')];
}

/** P1 只有一个最强的焦点；标题说明这是什么。 */
function p1({ card, nodes }: Subject): string[] {
  const strong = buttonsOf(nodes).filter(({ type }) => type === 'primary' || type === 'primary_filled');
  const headings = present(card).filter((element) => element.kind === 'text' && element.size === 'heading');
  return [
    ...(strong.length > 1 ? [`P1 有${strong.length}个主按钮`] : []),
    ...(headings.length > 1 ? [`P1 有${headings.length}处大字`] : []),
    ...(/\p{Extended_Pictographic}/u.test(card.title) ? ['P1 标题里有表情'] : []),
    ...([...card.title].length > 60 ? ['P1 标题过长'] : []),
  ];
}

/** P2 同一件事放在一起：分隔线不开头、不结尾、不相邻，至多两条；名目与值不拆成几块。 */
function p2({ card }: Subject): string[] {
  const kinds = present(card).map(({ kind }) => kind);
  const lines = kinds.filter((kind) => kind === 'divider').length;
  const idle =
    kinds.at(0) === 'divider' || kinds.at(-1) === 'divider' || kinds.some((kind, index) => kind === 'divider' && kinds[index + 1] === 'divider');
  const split = kinds.some((kind, index) => kind === 'fields' && kinds[index + 1] === 'fields');
  return [...(lines > 2 || idle ? ['P2 分隔线多余'] : []), ...(split ? ['P2 名目与值拆成了几块'] : [])];
}

/** P3 正文一到五块（标题另算）；除灰以外至多三种颜色；没有大段文字。 */
function p3({ card, nodes }: Subject): string[] {
  const blocks = present(card)
    .map(({ kind }) => kind)
    .filter((kind) => kind !== 'note' && kind !== 'divider')
    .filter((kind, index, kinds) => kind !== kinds[index - 1]);
  const families = new Set(nodes.flatMap(colorsOf).flatMap(familyOf));
  const long = nodes.filter(({ content }) => typeof content === 'string' && [...content.replace(/&#\d+;|<[^>]+>/g, '字')].length > 400);
  return [
    ...(blocks.length < 1 || blocks.length > 5 ? [`P3 正文有${blocks.length}块：${blocks.join('、')}`] : []),
    ...(families.size > 3 ? [`P3 有${families.size}种颜色：${[...families].join('、')}`] : []),
    ...(long.length > 0 ? ['P3 有一段文字超过400字'] : []),
  ];
}

/** P4 标题与正文大小有别：正文只用大字、正文、小字三种，页眉由平台画得更大。 */
function p4({ nodes }: Subject): string[] {
  const sizes = new Set(nodes.map((node) => node['text_size']).filter((size) => size !== undefined));
  const odd = [...sizes].filter((size) => !['heading', 'normal', 'notation'].includes(String(size)));
  return odd.map((size) => `P4 字号 ${String(size)}`);
}

/** P5 间距只用几档，由容器来留，不用外边距。 */
function p5({ nodes }: Subject): string[] {
  const steps = ['0', '0px', '2px', '4px', '8px', '12px', '16px'];
  return nodes.flatMap((node) => [
    ...(node['margin'] === undefined ? [] : ['P5 用了外边距']),
    ...['padding', 'vertical_spacing', 'horizontal_spacing']
      .flatMap((key) => (typeof node[key] === 'string' ? node[key].split(' ') : []))
      .filter((step) => !steps.includes(step))
      .map((step) => `P5 间距 ${step}`),
  ]);
}

const badWords = /逾期|未通过|失败|有误|退回|放弃|督办|超期/;
const goodWords = /已办结|已采纳|全部签收|全部匹配|正常|^通过|成功/;

/** P6 红是坏、绿是好、灰是次要；颜色旁边一定有文字；危险的动作要确认；图表不用彩虹色。 */
function p6({ card, nodes }: Subject): string[] {
  const words = [{ color: card.color, text: card.title }, ...(card.tags ?? []), ...cellsOf(nodes), ...coloredTexts(nodes)];
  const headline = `${card.title}${card.tags?.map(({ text }) => text).join('') ?? ''}${card.summary}`;
  return [
    ...words.filter(({ color, text }) => familyOf(color).includes('绿') && badWords.test(text)).map(({ text }) => `P6 绿色写着坏事：${text}`),
    ...words.filter(({ color, text }) => familyOf(color).includes('红') && goodWords.test(text)).map(({ text }) => `P6 红色写着好事：${text}`),
    ...words.filter(({ text }) => text.trim() === '').map(() => 'P6 只有颜色没有文字'),
    ...(familyOf(card.color).includes('红') && !badWords.test(headline) && !/错误|警|撤销|紧急/.test(headline)
      ? ['P6 标题是红的，却没说哪里不好']
      : []),
    ...buttonsOf(nodes)
      .filter(({ type, confirm }) => /^danger/.test(String(type)) && confirm === undefined)
      .map(({ text }) => `P6 危险的动作没有确认：${contentOf(text)}`),
    ...nodes.filter(({ tag, color_theme }) => tag === 'chart' && color_theme === 'rainbow').map(() => 'P6 图表用了彩虹色'),
    ...nodes.filter((node) => node['type'] === 'laser' || node['background_style'] === 'laser').map(() => 'P6 用了炫光'),
  ];
}

/** P7 分栏按比例，不用 stretch；自定颜色要有深浅两种；动态文字限行；按钮短、是动词，一排至多三个。 */
function p7({ json, nodes }: Subject): string[] {
  const style = json.config['style'];
  const pairs = isJson(style) && isJson(style['color']) ? Object.values(style['color']).filter(isJson) : [];
  const labels = buttonsOf(nodes).map(({ text }) => contentOf(text));
  const rowsOfButtons = nodes
    .filter(({ tag }) => tag === 'column_set')
    .map(({ columns }) => (Array.isArray(columns) ? columns : []))
    .filter((columns) => columns.every((column) => buttonsOf(nodesOf(column)).length === 1 && nodesOf(column).every(({ tag }) => tag !== 'div')));
  return [
    ...nodes.filter(({ flex_mode }) => flex_mode === 'stretch').map(() => 'P7 分栏用了 stretch'),
    ...pairs.filter((pair) => !pair['light_mode'] || !pair['dark_mode']).map(() => 'P7 自定颜色没有深浅两种'),
    ...nodes.filter(({ tag, text }) => tag === 'div' && isJson(text) && typeof text['lines'] !== 'number').map(() => 'P7 动态文字没有限行'),
    ...labels.filter((label) => [...label].length > 8).map((label) => `P7 按钮过长：${label}`),
    ...labels.filter((label) => /^(确定|是|否|好|OK|点击|点我|这里)/i.test(label)).map((label) => `P7 按钮没说做什么：${label}`),
    ...rowsOfButtons.filter((columns) => columns.length > 3).map((columns) => `P7 一排有${columns.length}个按钮`),
  ];
}

function colorsOf(node: Json): string[] {
  const named = [node['template'], node['color'], node['text_color']].filter((color) => typeof color === 'string');
  const fonts = typeof node['content'] === 'string' ? [...node['content'].matchAll(/<font color='([^']+)'>/g)].map(([, color = '']) => color) : [];
  return [...named, ...fonts];
}

const familyNames: readonly (readonly [string, RegExp])[] = [
  ['蓝', /^(blue|wathet|indigo|turquoise)/],
  ['绿', /^(green|lime)/],
  ['橙', /^(orange|yellow|sunflower)/],
  ['红', /^(red|carmine)/],
  ['紫', /^(violet|purple)/],
];

function familyOf(color: string): string[] {
  return familyNames.filter(([, names]) => names.test(color)).map(([family]) => family);
}

interface ColoredWords {
  readonly color: string;
  readonly text: string;
}

function cellsOf(nodes: readonly Json[]): ColoredWords[] {
  return nodes.filter((node) => typeof node['text'] === 'string' && typeof node['color'] === 'string') as unknown as ColoredWords[];
}

function coloredTexts(nodes: readonly Json[]): ColoredWords[] {
  return nodes
    .filter((node) => typeof node['text_color'] === 'string' && typeof node['content'] === 'string')
    .map((node) => ({ color: String(node['text_color']), text: String(node['content']) }));
}
