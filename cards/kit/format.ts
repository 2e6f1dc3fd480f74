const weekdays = ['日', '一', '二', '三', '四', '五', '六'];

/** 星期 @param day YYYY-MM-DD */
function weekday(day: string): string {
  return `周${weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()]}`;
}

/** 某日 — `6月2日（周二）`; with the year when it differs from that of `base`. @param day YYYY-MM-DD */
export function formatDay(day: string, base?: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  const short = `${Number(month)}月${Number(date)}日（${weekday(day)}）`;
  return base === undefined || base.slice(0, 4) === year ? short : `${year}年${short}`;
}

const shanghaiOffsetMs = 8 * 60 * 60 * 1000;

/** 某时 — `6月2日（周二）18:00`, Beijing time. */
export function formatInstant(instant: Date, base?: string): string {
  const local = new Date(instant.getTime() + shanghaiOffsetMs).toISOString();
  return `${formatDay(local.slice(0, 10), base)}${local.slice(11, 16)}`;
}

/** 时刻 — `15:10`, Beijing time. */
export function formatTime(instant: Date): string {
  return new Date(instant.getTime() + shanghaiOffsetMs).toISOString().slice(11, 16);
}

/** 百分率 — rounded half up at two decimals, as 99.08 for 216 of 218; 0 of 0 is 0. */
export function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.floor((part / whole) * 10_000 + 0.5) / 100;
}

/** 百分数的写法 — two decimals, as on the office's own sheets. */
export function formatRate(part: number, whole: number): string {
  return `${rate(part, whole).toFixed(2)}%`;
}

/** 数的写法 — at most two decimals, none when whole. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Math.round(value * 100) / 100);
}
