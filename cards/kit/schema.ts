import { type Component, type Finding, type Inspection, isJson, type Json, type PlatformContext, reject } from './schema/inspection.ts';
import { markupTexts, mentions } from './schema/markup.ts';
import { checkRules, isInteractive, measure } from './schema/rules.ts';
import { walkCard } from './schema/walk.ts';

export type { Finding, PlatformContext } from './schema/inspection.ts';

/**
 * 查卡片 — judges card JSON 2.0 as the platform does (contract part 3): the first `reject` is what it would answer, a `warn` is
 * something that it takes although we should not send it. A table of properties is read instead of zod schemas, because the
 * platform's own words, codes and paths have to come out.
 * @param json the card as an object, of any origin
 */
export function checkCard(json: unknown, context: PlatformContext = {}): Finding[] {
  return inspect(json, context).findings;
}

/** 平台的原话 — the `msg` beside code 230099; for a card that is too long that of 230025. */
export function platformMessage({ code, path, message, detail }: Finding): string {
  if (code === 230025) return message;
  return `Failed to create card content, ext=ErrCode: ${code}; ErrPath: ${path}; ErrMsg: ${message}; ErrorValue: ${detail}; `;
}

/** 我们的预算 — well inside the platform's limits, because style tags grow and measured limits differ from documented ones. */
const budget = { bytes: 28_000, taggedObjects: 150, tables: 3, charts: 3, depth: 4, buttonLetters: 100, placeholderLetters: 100 } as const;

/** 查我们的卡片 — what we hold ourselves to beyond the platform: budgets, no leftovers, nothing left to defaults. Empty when all is well. */
export function checkOurCard(json: unknown): string[] {
  const { findings, components } = inspect(json, { tablesMax: budget.tables });
  if (!isJson(json)) return ['不是卡片对象'];
  return [
    ...findings.map(({ path, detail, code }) => `${path}：${detail}（${code}）`),
    ...overBudget(json, components),
    ...unstated(json),
    ...components.flatMap(wordings),
    ...markupTexts(components).flatMap(({ content, path }) => (mentions(content).includes('all') ? [`${path}：不得@所有人`] : [])),
  ];
}

function inspect(json: unknown, context: PlatformContext): Inspection {
  const inspection: Inspection = { context, findings: [], components: [], customColors: customColorsOf(json) };
  if (!isJson(json)) {
    reject(inspection, { path: 'ROOT', detail: 'expected map for card' });
  } else if (json['type'] === 'template') {
    // 模板要在平台的搭建工具里先建好；本系统从不使用，模拟的平台上也没有。
    reject(inspection, { path: 'ROOT', code: 200380, detail: 'template' });
  } else if (Object.keys(json).length > 0) {
    walkCard(json, inspection);
    checkRules(inspection, json);
  }
  return inspection;
}

function customColorsOf(json: unknown): ReadonlySet<string> {
  const style = isJson(json) && isJson(json['config']) ? json['config']['style'] : undefined;
  return new Set(isJson(style) && isJson(style['color']) ? Object.keys(style['color']) : []);
}

function overBudget(json: Json, components: readonly Component[]): string[] {
  const found = measure(json, components);
  const kinds = [
    ['bytes', '字节'],
    ['taggedObjects', '个元素'],
    ['tables', '张表'],
    ['charts', '张图'],
    ['depth', '层容器'],
  ] as const;
  return kinds.filter(([kind]) => found[kind] > budget[kind]).map(([kind, unit]) => `有${found[kind]}${unit}，超过${budget[kind]}`);
}

/** 默认值各页文件说法不一，重要的一律写明。 */
function unstated(json: Json): string[] {
  const config = isJson(json['config']) ? json['config'] : {};
  const body = isJson(json['body']) ? json['body'] : {};
  const summary = isJson(config['summary']) ? config['summary']['content'] : undefined;
  return [
    ...(typeof summary === 'string' && summary !== '' ? [] : ['没有摘要']),
    ...(config['update_multi'] === true ? [] : ['没有写明 update_multi']),
    ...(config['enable_forward'] === false && config['enable_forward_interaction'] === false ? [] : ['没有关闭转发']),
    ...(isJson(json['header']) ? [] : ['没有标题']),
    ...(['padding', 'vertical_spacing', 'horizontal_spacing'].every((key) => typeof body[key] === 'string') ? [] : ['没有写明间距']),
  ];
}

function wordings({ tag, json, path, form }: Component): string[] {
  const letters = (value: unknown): number => (isJson(value) && typeof value['content'] === 'string' ? [...value['content']].length : 0);
  const { name } = json;
  return [
    ...(tag === 'button' && letters(json['text']) > budget.buttonLetters ? [`${path}：按钮文字过长`] : []),
    ...(letters(json['placeholder']) > budget.placeholderLetters ? [`${path}：占位文字过长`] : []),
    ...(typeof name === 'string' && !/^\w+$/.test(name) ? [`${path}：名称只用字母、数字和下划线`] : []),
    ...(form !== null && isInteractive(tag) && !['button', 'checker'].includes(tag) && json['required'] === undefined
      ? [`${path}：没有写明是否必填`]
      : []),
  ];
}
