import { formatDay } from '../kit/format.ts';

/** 短日期 — `10月9日(周五)`; with the year when it differs from that of `base`. */
export function shortDay(day: string, base?: string): string {
  return formatDay(day, base).replace('（', '(').replace('）', ')');
}

/** 时限一行 — `时限10月9日(周五)｜剩余3个工作日(含国庆假期)`. @param remark `含国庆假期`, or empty */
export function dueWords({
  dueOn,
  today,
  daysLeft,
  isOverdue,
  remark,
}: {
  dueOn: string;
  today: string;
  daysLeft: number;
  isOverdue: boolean;
  remark: string;
}): string {
  const left = isOverdue ? (daysLeft === 0 ? '已逾期' : `已逾期${-daysLeft}个工作日`) : dueOn === today ? '今天到期' : `剩余${daysLeft}个工作日`;
  return `时限${shortDay(dueOn, today)}｜${left}${remark === '' || dueOn === today ? '' : `(${remark})`}`;
}
