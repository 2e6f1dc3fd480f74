import { ConflictError, InvalidError } from '#core/errors';
import type { Metric } from '../work-items/model.ts';
import type { ProgressReport } from '../work-items/records.ts';

/** 写指标 — one a line: `签约户数：218户`. */
export const metricLine = ({ name, target, unit }: Pick<Metric, 'name' | 'target' | 'unit'>): string => `${name}：${target}${unit}`;

/** 填报的表单放得下这么多个指标 */
const metricsMax = 3;
const nameMax = 30;

/**
 * 读指标 — line by line in the order they stand in: a report knows a metric by its name and a form by its place, so none is taken away once
 * something was reported, and none gets another name while a report of it waits.
 * @throws InvalidError, ConflictError
 */
export function readMetricLines(
  text: string,
  { metrics, code, last }: { metrics: readonly Metric[]; code: string; last: ProgressReport | null },
): readonly Metric[] {
  const lines = text
    .split('\n')
    .map((line) => line.normalize('NFKC').trim())
    .filter((line) => line !== '');
  if (lines.join('\n') === metrics.map((metric) => metricLine(metric).normalize('NFKC')).join('\n')) return metrics;
  if (lines.length > Math.max(metricsMax, metrics.length)) throw new InvalidError(`指标至多${metricsMax}个，一行一个`);
  if (lines.length < metrics.length && last !== null)
    throw new ConflictError(`${code}已经报过进展，指标可以改、可以添，不能少；请保留${metrics.length}行`);
  const read = lines.map((line, index): Metric => {
    const { name, target, unit } = readLine(line);
    const { baseline = 0, current = 0 } = metrics[index] ?? {};
    return { name, target, unit, baseline, current };
  });
  if (new Set(read.map(({ name }) => name)).size < read.length) throw new InvalidError('两个指标的名称相同，请区分开');
  const renamed = metrics.some(({ name }, index) => read[index] !== undefined && read[index].name !== name);
  if (renamed && (last?.status === 'submitted' || last?.status === 'signedOff'))
    throw new ConflictError(`${code}有一次反馈正在${last.status === 'submitted' ? '等单位审签' : '等督查室采纳'}，采纳或退回之后再改指标的名称`);
  return read;
}

function readLine(line: string): Pick<Metric, 'name' | 'target' | 'unit'> {
  const match = /^(.+?)\s*[:\s]\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*([^\d\s]{0,10})$/u.exec(line);
  const name = match?.[1]?.trim() ?? '';
  const target = Number(`${(match?.[2] ?? '').replaceAll(',', '')}${match?.[3] ?? ''}`);
  if (!match || name.length > nameMax || !(target > 0)) throw new InvalidError(`指标“${line.slice(0, 30)}”看不懂，请一行一个写成“签约户数：218户”`);
  return { name, target, unit: match[4] ?? '' };
}
