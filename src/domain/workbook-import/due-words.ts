/** 时限的字面 — what is left of a cell when it is folded, and what was set aside. */
export interface DueWords {
  readonly said: string;
  /** 前、之前、以前 was written behind it */
  readonly before: boolean;
  /** 0 is Sunday */
  readonly weekday: number | null;
  /** an hour stood there; limits are days */
  readonly hour: boolean;
}

const clock = /(?:\s+|T)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?Z?$/;
const weekday = /\((?:周|星期|礼拜)([日天一二三四五六])\)/;
const done = /(?:全面|全部|基本|按期)?(?:完成|办结|办理完毕|建成|到位)$/;
const daysOfWeek = '日一二三四五六';

/** 折叠时限 — full width, blanks, Chinese numerals, “完成”, “前”, the weekday in brackets and the hour. */
export function foldDue(cell: string): DueWords {
  const trimmed = cell.normalize('NFKC').trim();
  const at = clock.exec(trimmed);
  const day = weekday.exec(trimmed.replace(/\s+/g, ''));
  let said = (at ? trimmed.slice(0, at.index) : trimmed)
    .replace(/[\s\u200b-\u200d\ufeff]+/g, '')
    .replace(weekday, '')
    .replace(/[〇零一二三四五六七八九十廿]+(?=[年月日号])/g, inFigures)
    .replace(/^(?:截止到|截止|截至|于|在|到|至)(?=\d|今|本|年|上|下|第|全)/, '')
    .replace(/^(?:今年|本年)(?=\d)/, '')
    .replace(/[。.;,、]+$/, '')
    .replace(done, '');
  const written = said;
  said = said.replace(/(?:之前|以前|前)$/, '');
  const before = said !== written;
  const hours = said.replace(/(?<=[日号])(?:\d{1,2}(?:时|点|:\d{2})|下班)$/, '');
  return {
    said: hours,
    before,
    weekday: day ? daysOfWeek.indexOf(day[1] === '天' ? '日' : (day[1] ?? '')) : null,
    hour: hours !== said || (at !== null && Number(at[1]) + Number(at[2]) + Number(at[3] ?? 0) > 0),
  };
}

/** 中文数字 — 十二 is 12, 二〇二六 is 2026; anything else stays as it is. */
function inFigures(written: string): string {
  const digit = (sign: string): number => '零一二三四五六七八九'.indexOf(sign === '〇' ? '零' : sign);
  const folded = written.replace('廿', '二十');
  if (!folded.includes('十')) return [...folded].map((sign) => String(digit(sign))).join('');
  const match = /^([一二三])?十([一二三四五六七八九])?$/.exec(folded);
  return match ? String((match[1] ? digit(match[1]) : 1) * 10 + (match[2] ? digit(match[2]) : 0)) : written;
}
