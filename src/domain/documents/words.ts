import { type LocalDate, weekdayOf } from '#core/dates';

const digits = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** 汉字序号 — 1 to 99, as in 一、 and （十二）. */
export function ordinal(n: number): string {
  const tens = Math.floor(n / 10);
  return tens === 0 ? (digits[n] ?? '') : `${tens === 1 ? '' : digits[tens]}十${digits[n % 10]}`;
}

/** 公文日期 — `2026年5月29日`, Arabic digits without leading zeros (GB/T 9704). */
export function writtenDate(day: LocalDate): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${year}年${Number(month)}月${Number(date)}日`;
}

/** 公文日期带星期 — `2026年6月2日（星期二）` */
export function writtenDateWithWeekday(day: LocalDate): string {
  return `${writtenDate(day)}（星期${['日', '一', '二', '三', '四', '五', '六'][weekdayOf(day) % 7]}）`;
}
