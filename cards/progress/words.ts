import { formatNumber, formatRate } from '../kit/format.ts';

/** 报了什么 — as much as the headline needs. */
export interface ReportedFigures {
  readonly percent: number;
  readonly previousPercent: number;
  readonly metrics: readonly {
    readonly name: string;
    readonly value: number;
    readonly previous: number;
    readonly target: number;
    readonly unit: string;
  }[];
}

/** 一句话的进度 — `已签约216/218户 99.08% ↑7`; without metrics `完成70% ↑5个百分点`. */
export function headlineOf({ percent, previousPercent, metrics }: ReportedFigures): string {
  if (metrics.length === 0) return `完成${percent}%${arrow(percent - previousPercent, '个百分点')}`;
  return metrics
    .map(
      ({ name, value, target, unit, previous }) =>
        `已${name.replace(/(户数|宗数|家次|场次|数|额)$/, '')}${formatNumber(value)}/${formatNumber(target)}${unit} ${formatRate(value, target)}${arrow(value - previous)}`,
    )
    .join('；');
}

function arrow(change: number, unit = ''): string {
  return change === 0 ? '' : ` ${change > 0 ? '↑' : '↓'}${formatNumber(Math.abs(change))}${unit}`;
}
