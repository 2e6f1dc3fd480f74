import { isRealDate, type LocalDate, weekdayOf } from '#core/dates';
import { type ArrangedDay, type Arrangement, checkArrangement, daysFromTo, holidays, spoken } from './arrangement.ts';

// 国务院办公厅的通知，十几年来是同一种写法。这里只认这种写法：认不出的句子一律说出来，不猜。
const title = /国务院办公厅关于(\d{4})年部分节假日安排的通知/;
const holiday = `(?:${holidays.join('|')})`;
const heading = new RegExp(`[一二三四五六七八九十]+、(${holiday}(?:、${holiday})*):`, 'g');
const date = String.raw`(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?`;
const offSentence = new RegExp(`^${date}(?:[至到—-]+${date})?放假(?:调休)?(.*)$`);
const offTail = /^(?:(\d+)天)?(?:,(?:与周末连休|不调休|调休))?(?:,共(\d+)天)?$/;
const workSentence = new RegExp(`^((?:、?${date})+)上班$`);
const advice = /^(鼓励|建议|提倡)/;

/** 像放假通知 — by its title. */
export function looksLikeNotice(text: string): boolean {
  return title.test(flatten(text));
}

/** 读放假通知 — the notice of the State Council's General Office as it is published. null: it has no such title. */
export function readNotice(text: string): Arrangement | null {
  const flat = flatten(text);
  const year = Number(title.exec(flat)?.[1]);
  if (!year) return null;
  const problems: string[] = [];
  const ignored: string[] = [];
  const days: ArrangedDay[] = [];
  for (const { name, sentences } of sectionsOf(flat)) {
    for (const sentence of sentences) {
      const read = readOff(sentence, { name, year }) ?? readWork(sentence, { name, year });
      if (read) {
        days.push(...read.days);
        problems.push(...read.problems);
      } else if (advice.test(sentence)) ignored.push(`${name}：${sentence}`);
      else problems.push(`${name}这一句没看懂：“${sentence.slice(0, 60)}”`);
    }
  }
  return checkArrangement(year, days, { problems, ignored });
}

interface Section {
  readonly name: string;
  readonly year: number;
}
interface Read {
  readonly days: readonly ArrangedDay[];
  readonly problems: readonly string[];
}

function flatten(text: string): string {
  return text.normalize('NFKC').replace(/\s+/g, '').replaceAll('〔', '[');
}

/** 一节一个节日；“节假日期间……”以后是工作要求，不是安排。 */
function sectionsOf(flat: string): { name: string; sentences: string[] }[] {
  const heads = [...flat.matchAll(heading)];
  return heads.map((head, index) => {
    const body = flat.slice(head.index + head[0].length, heads[index + 1]?.index);
    const [arrangement = ''] = body.split('节假日期间');
    return { name: head[1] ?? '', sentences: arrangement.split(/[。;]/).filter((sentence) => sentence !== '') };
  });
}

/** `2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天` */
function readOff(sentence: string, { name, year }: Section): Read | null {
  const match = offSentence.exec(sentence);
  const tail = match && offTail.exec(match[9] ?? '');
  if (!match || !tail) return null;
  const [, fromYear, fromMonth, fromDay, fromNote, toYear, toMonth, toDay, toNote] = match;
  // 元旦的假期从上一年12月起的，通知里写明年份；没有写的也认得出来。
  const startYear = fromYear ?? String(name === '元旦' && fromMonth === '12' ? year - 1 : year);
  const from = dayOf(startYear, fromMonth, fromDay);
  const to = toDay === undefined ? from : dayOf(toYear ?? (toMonth === undefined ? startYear : String(year)), toMonth ?? fromMonth, toDay);
  const days = daysFromTo(from, to);
  if (days.length === 0) return { days: [], problems: [`${name}的日期不存在或颠倒：“${sentence.slice(0, 40)}”`] };
  const claimed = tail[2] ?? tail[1];
  return {
    days: days.map((day) => ({ date: day, kind: 'off' as const, name })),
    problems: [
      ...weekdayProblem(from, fromNote),
      ...(toDay === undefined ? [] : weekdayProblem(to, toNote)),
      ...(claimed !== undefined && Number(claimed) !== days.length ? [`${name}写的是共${claimed}天，按日期是${days.length}天`] : []),
    ],
  };
}

/** `2月14日（周六）、2月28日（周六）上班` */
function readWork(sentence: string, { name, year }: Section): Read | null {
  const match = workSentence.exec(sentence);
  if (!match) return null;
  const days: ArrangedDay[] = [];
  const problems: string[] = [];
  let month: string | undefined;
  for (const [, ownYear, ownMonth, ownDay, note] of (match[1] ?? '').matchAll(new RegExp(date, 'g'))) {
    month = ownMonth ?? month;
    const day = dayOf(ownYear ?? String(year), month, ownDay);
    if (!isRealDate(day)) {
      problems.push(`${name}的上班日不存在：“${sentence.slice(0, 40)}”`);
      continue;
    }
    days.push({ date: day, kind: 'work', name });
    problems.push(...weekdayProblem(day, note));
  }
  return { days, problems };
}

function dayOf(year: string, month: string | undefined, day: string | undefined): LocalDate {
  return `${year}-${(month ?? '').padStart(2, '0')}-${(day ?? '').padStart(2, '0')}`;
}

function weekdayProblem(day: LocalDate, note: string | undefined): string[] {
  const claimed = /(?:周|星期)([一二三四五六日天])/.exec(note ?? '')?.[1];
  if (claimed === undefined || !isRealDate(day)) return [];
  const named = claimed === '天' ? 0 : '日一二三四五六'.indexOf(claimed);
  return named === weekdayOf(day) ? [] : [`通知写${Number(day.slice(5, 7))}月${Number(day.slice(8))}日是周${claimed}，实际是${spoken(day)}`];
}
