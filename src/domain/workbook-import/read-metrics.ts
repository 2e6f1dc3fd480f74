import type { Metric } from '../work-items/model.ts';
import type { Fault } from './findings.ts';
import { quote } from './quote.ts';
import type { TaskColumn, TaskRow } from './task-sheet.ts';

const metricsInCellMax = 50;

/** 读量化指标 — several in a cell are parted by ；, and the other cells hold as many. What is done already counts from the first day. */
export function readMetrics(row: TaskRow, fault: Fault): Metric[] {
  const parts = (column: TaskColumn): string[] =>
    row
      .text(column)
      .split(/[；;]/)
      .map((part) => part.normalize('NFKC').trim());
  if (row.text('metricName') === '') return [];
  const [names, targets, units, currents] = [parts('metricName'), parts('metricTarget'), parts('metricUnit'), parts('metricCurrent')];
  const dones = parts('metricDone');
  if (names.length > metricsInCellMax) {
    fault('metricName', '指标', [`写了${names.length}个指标`, `一格最多写${metricsInCellMax}个`]);
    return [];
  }
  return names.flatMap((name, index): Metric[] => {
    const target = readAmount(targets[index] ?? '');
    const current = readAmount(currents[index] || '0');
    if (!target || !current) {
      fault('metricTarget', '指标', [`指标“${quote(name)}”的目标值或现状值不是数`, '多个指标用；隔开，个数要对得上']);
      return [];
    }
    const unit = (units[index] ?? units[0]) || target.unit;
    const done = dones[index] ? readAmount(dones[index].replace(saidBefore, '')) : current;
    if (!done || done.value < 0 || done.value > target.value * 10) {
      fault('metricDone', '指标', [
        `指标“${quote(name)}”的完成值“${quote(dones[index] ?? '')}”不是数，或与目标值${target.value}${unit}差得太多`,
        '请核对',
      ]);
      return [];
    }
    return [{ name, target: target.value, unit, baseline: current.value, current: done.value }];
  });
}

/** 已签120户、累计完成120 */
const saidBefore = /^\p{Script=Han}{1,6}(?=\d)/u;

/** 读数量 — 1,200 and 95% and 120宗. */
function readAmount(text: string): { value: number; unit: string } | null {
  const match = /^(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?)\s*(%|\p{Script=Han}{0,4})$/iu.exec(text);
  const value = match ? Number((match[1] ?? '').replaceAll(',', '')) : Number.NaN;
  return Number.isFinite(value) ? { value, unit: match?.[2] ?? '' } : null;
}
