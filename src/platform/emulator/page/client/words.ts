import { addDays, localDateOf, weekdayOf } from '#core/dates';

const weekdays = ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'];

/** 北京时间 */
function partsOf(ms: number): { date: string; time: string; seconds: string } {
  const stamp = new Date(ms + 8 * 60 * 60 * 1000).toISOString();
  return { date: stamp.slice(0, 10), time: stamp.slice(11, 16), seconds: stamp.slice(11, 19) };
}

function longDate(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-').map((part) => String(Number(part)));
  return `${year}年${month}月${day}日`;
}

/** 日期的写法 @param format the platform's `format_type`, `stamp` for `YYYY-MM-DD HH:mm:ss`, or `full` with the weekday */
export function dateWords(ms: number, format: string): string {
  if (!Number.isFinite(ms)) return '时间有误';
  const { date, time, seconds } = partsOf(ms);
  const weekday = weekdays[weekdayOf(date)] ?? '';
  switch (format) {
    case 'stamp':
      return `${date} ${seconds}`;
    case 'full':
      return `${longDate(date)} ${weekday} ${time}`;
    case 'date':
      return longDate(date);
    case 'date_short':
      return longDate(date).slice(5);
    case 'week':
      return weekday;
    case 'week_short':
      return weekday.replace('星期', '周');
    case 'time':
      return time;
    case 'time_sec':
      return seconds;
    case 'timezone':
      return 'GMT+8';
    default:
      return date;
  }
}

/** 消息的时间 — the shorter, the nearer. */
export function whenWords(ms: number, now: number): string {
  const { date, time } = partsOf(ms);
  const today = localDateOf(new Date(now));
  if (date === today) return time;
  if (date === addDays(today, -1)) return `昨天 ${time}`;
  const [year = '', month = '', day = ''] = date.split('-');
  const sameYear = today.startsWith(`${year}-`);
  return `${sameYear ? '' : `${year}年`}${Number(month)}月${Number(day)}日 ${time}`;
}

/** 会话列表里的时间 */
export function shortWhenWords(ms: number, now: number): string {
  return whenWords(ms, now).replace(/^(昨天|.*日) .*$/, '$1');
}

/** 文件大小 */
export function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** 耗时 @param ms real milliseconds */
export function tookWords(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} 毫秒` : `${(ms / 1000).toFixed(2)} 秒`;
}
