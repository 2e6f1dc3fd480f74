import { isJson, type Json } from '../../../components.ts';

export { isJson, type Json };

/** 文字对象里的字 — Chinese first, as a Chinese client does. */
export function wordsOf(text: unknown): string {
  if (!isJson(text)) return '';
  const { content, i18n_content: i18n } = text;
  const chinese = isJson(i18n) ? i18n['zh_cn'] : undefined;
  if (typeof chinese === 'string') return chinese;
  return typeof content === 'string' ? content : '';
}

export function textIn(json: Json, key: string): string {
  const value = json[key];
  return typeof value === 'string' ? value : '';
}

export function numberIn(json: Json, key: string): number | undefined {
  const value = json[key];
  return typeof value === 'number' ? value : undefined;
}

export function listIn(json: Json, key: string): readonly Json[] {
  const value = json[key];
  return Array.isArray(value) ? value.filter(isJson) : [];
}

export function objectIn(json: Json, key: string): Json | undefined {
  const value = json[key];
  return isJson(value) ? value : undefined;
}

/** 必填 — multi-selects are required unless they say otherwise (contract 3.5). */
export function isRequired(json: Json): boolean {
  const { tag, required } = json;
  if (typeof required === 'boolean') return required;
  return tag === 'multi_select_static' || tag === 'multi_select_person';
}
