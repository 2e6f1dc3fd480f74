import { checkChart } from './chart.ts';
import { type Component, doubt, type Inspection, isJson, type Json, reject, warn } from './inspection.ts';
import { checkMarkup, countMarkdownTables, markupTexts } from './markup.ts';
import { checkTable } from './table.ts';
import { componentTable, containers, tables } from './tables.ts';

/** 整卡的规则 — what no single property shows: limits, names, forms, known people and pictures. */
export function checkRules(inspection: Inspection, card: Json): void {
  const { components } = inspection;
  checkLimits(inspection, card);
  checkUnique(inspection, 'element_id', 300301);
  checkForms(inspection);
  for (const component of components) {
    checkInteraction(inspection, component);
    checkChoice(inspection, component);
    checkResources(inspection, component);
    if (component.tag === 'chart') checkChart(inspection, component);
    if (component.tag === 'table') checkTable(inspection, component);
    if (component.tag === 'audio') checkAudio(inspection, component, card);
  }
  checkUnique(inspection, 'audio_id', 300230);
  for (const text of markupTexts(components)) checkMarkup(inspection, text);
}

/** 量 — what the limits are about. */
export interface Measures {
  /** UTF-8, as sent */
  readonly bytes: number;
  readonly taggedObjects: number;
  readonly tables: number;
  readonly charts: number;
  readonly depth: number;
}

/** 量卡片 */
export function measure(card: Json, components: readonly Component[]): Measures {
  const count = (tag: string): number => components.filter((component) => component.tag === tag).length;
  return {
    bytes: new TextEncoder().encode(JSON.stringify(card)).length,
    taggedObjects: countTags(card['header']) + countTags(card['body']),
    tables: count('table') + markupTexts(components).reduce((sum, { content }) => sum + countMarkdownTables(content), 0),
    charts: count('chart'),
    depth: Math.max(0, ...components.map(({ depth }) => depth)),
  };
}

/** 带 tag 的对象都算，图标也算：文件没说，从严。回调值、图表和表格数据里的不算。 */
function countTags(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item: unknown) => sum + countTags(item), 0);
  if (!isJson(value)) return 0;
  const own = typeof value['tag'] === 'string' ? 1 : 0;
  return Object.entries(value).reduce((sum, [key, inner]) => (data.includes(key) ? sum : sum + countTags(inner)), own);
}
const data: readonly string[] = ['value', 'chart_spec', 'rows'];

function checkLimits(inspection: Inspection, card: Json): void {
  const { limits } = tables.shared;
  const { bytesMax = limits.bytes, tablesMax = limits.tables } = inspection.context;
  const found = measure(card, inspection.components);
  const path = 'ROOT';
  if (found.bytes > bytesMax) reject(inspection, { path, code: 230025, detail: `${found.bytes} bytes` });
  if (found.taggedObjects > limits.taggedObjects) reject(inspection, { path, code: 11310, detail: `${found.taggedObjects} elements` });
  if (found.tables > tablesMax) reject(inspection, { path, code: 11310, message: 'card table number over limit', detail: 'table' });
  if (found.charts > limits.charts) warn(inspection, { path, code: 11310, detail: `${found.charts} charts are slow` });
  for (const { tag, depth, path: deep } of inspection.components) {
    if (containers.includes(tag) && depth > limits.containerDepth) {
      reject(inspection, { path: deep, code: 11310, message: 'container nesting exceeds the limit', detail: `${depth} levels` });
    }
  }
}

function checkUnique(inspection: Inspection, property: string, code: number): void {
  const seen = new Set<unknown>();
  for (const { json, path } of inspection.components) {
    const value = json[property];
    if (value === undefined) continue;
    if (seen.has(value)) reject(inspection, { path, code, detail: `duplicate ${property}: ${String(value)}` });
    seen.add(value);
  }
}

function checkForms(inspection: Inspection): void {
  const { components } = inspection;
  const names = new Set<unknown>();
  for (const { tag, json, path, form } of components) {
    const needsName = tag === 'form' || (form !== null && isInteractive(tag));
    if (!needsName) continue;
    const { name } = json;
    const note = { path, code: 200530 };
    // 平台收下这张卡，要到点击时才报 200530，所以只告警。
    if (typeof name !== 'string' || name === '') warn(inspection, { ...note, detail: `${tag} has no name` });
    else if (names.has(name)) warn(inspection, { ...note, detail: `duplicate name: ${name}` });
    names.add(name);
  }
  for (const { tag, path } of components) {
    if (tag !== 'form') continue;
    const submits = components.filter(({ form, json }) => form === path && json['form_action_type'] === 'submit');
    if (submits.length === 0) reject(inspection, { path, code: 300123, detail: 'form' });
  }
}

/** 能交互的组件 — they call back when touched and need a name inside a form. */
export function isInteractive(tag: string): boolean {
  return tag === 'button' || componentTable(tag)?.interactive === true;
}

/** 表单外的组件不带 behaviors 就什么也不会发生；客户端对没有 value 的提交按钮报 200340（contract 2.2）。 */
function checkInteraction(inspection: Inspection, { tag, json, path, form }: Component): void {
  if (!isInteractive(tag) || json['disabled'] === true) return;
  const carries = Array.isArray(json['behaviors'])
    ? json['behaviors'].length > 0
    : ['value', 'url', 'multi_url'].some((key) => json[key] !== undefined);
  const submits = json['form_action_type'] === 'submit';
  const silentTick = tag === 'checker' || (tag === 'overflow' && Array.isArray(json['options']));
  if ((form === null && !carries && !silentTick) || (submits && !carries)) warn(inspection, { path, code: 200340, detail: tag });
}

/** 预选的值应在选项里；时间选择没有初值就要有占位文字（contract 3.5）。 */
function checkChoice(inspection: Inspection, { tag, json, path }: Component): void {
  const initial = [json['initial_option'], ...(Array.isArray(json['selected_values']) ? json['selected_values'] : [])].filter(
    (one) => one !== undefined,
  );
  const options = Array.isArray(json['options']) ? json['options'].filter(isJson).map((option) => option['value']) : [];
  const stray = initial.filter((one) => !options.includes(one));
  if (stray.length > 0 && options.length > 0) warn(inspection, { path, detail: `not among the options: ${stray.map(String).join(', ')}` });
  const initialTime = json['initial_time'] ?? json['initial_datetime'];
  if (tag.startsWith('picker_') && initialTime === undefined && json['placeholder'] === undefined)
    doubt(inspection, { path, detail: 'placeholder is needed' });
}

function checkResources(inspection: Inspection, component: Component): void {
  const { knowsImage, knowsPerson } = inspection.context;
  const { tag, json, path } = component;
  for (const key of knowsImage ? imageKeys(component) : []) if (!knowsImage?.(key)) reject(inspection, { path, code: 200570, detail: key });
  const people =
    tag === 'person' ? [json['user_id']] : tag === 'person_list' && json['drop_invalid_user_id'] !== true ? listed(json['persons'], 'id') : [];
  for (const id of people) if (knowsPerson && !knowsPerson(String(id))) reject(inspection, { path, code: 100290, detail: String(id) });
}

function imageKeys({ json }: Component): string[] {
  const icon = isJson(json['icon']) ? json['icon']['img_key'] : undefined;
  const keys = [json['img_key'], icon, ...listed(json['img_list'], 'img_key'), ...listed(json['options'], 'img_key')];
  return keys.filter((key) => typeof key === 'string');
}

function listed(list: unknown, property: string): unknown[] {
  return Array.isArray(list) ? list.filter(isJson).map((item) => item[property]) : [];
}

function checkAudio(inspection: Inspection, { json, path }: Component, card: Json): void {
  const { knowsAudio } = inspection.context;
  const config = isJson(card['config']) ? card['config'] : {};
  const key = String(json['file_key']);
  if (config['enable_forward'] !== false) reject(inspection, { path, code: 300220, detail: 'enable_forward' });
  if (knowsAudio && !knowsAudio(key)) reject(inspection, { path, code: 300240, detail: key });
}
