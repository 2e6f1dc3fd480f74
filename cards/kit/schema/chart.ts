import { type Component, type Inspection, isJson, reject } from './inspection.ts';

/** 图表类型及其必需的键 — contract 3.4 */
const needs: Readonly<Record<string, readonly string[]>> = {
  line: ['xField', 'yField'],
  area: ['xField', 'yField'],
  bar: ['xField', 'yField'],
  pie: ['valueField', 'categoryField'],
  common: ['series'],
  funnel: ['categoryField', 'valueField'],
  scatter: ['xField', 'yField'],
  radar: ['categoryField', 'valueField'],
  linearProgress: ['xField', 'yField'],
  circularProgress: ['valueField', 'categoryField'],
  wordCloud: ['nameField', 'valueField'],
};

/** 查图表 — the VChart types that the client draws, and what each can't do without. */
export function checkChart(inspection: Inspection, { json, path, form }: Component): void {
  if (form !== null && inspection.context.chartInForm !== 'accept') reject(inspection, { path, detail: 'chart is not allowed in form' });
  const spec = json['chart_spec'];
  if (!isJson(spec)) return;
  const bad = (detail: string): void => reject(inspection, { path, code: 200550, detail });
  const { type, data, axes } = spec;
  const needed = typeof type === 'string' ? needs[type] : undefined;
  if (!needed) {
    bad(`type: ${String(type)}`);
    return;
  }
  if (!isJson(data) && !Array.isArray(data)) bad('data is missing');
  for (const key of needed) if (spec[key] === undefined) bad(`${key} is missing`);
  if (axes !== undefined && !Array.isArray(axes)) bad('axes must be an array');
}
