import { foldName } from './model.ts';

/** 领导的姓名 — whom of these a cell means: the name alone, or with what he is called behind or before it; the longest, when one name begins another. */
export function leaderNamed(text: string, leaders: readonly string[]): string | undefined {
  const folded = foldName(withoutTitle(text));
  const isMeant = (name: string): boolean => {
    const own = foldName(name);
    if (folded.startsWith(own)) return titleBehind.test(folded.slice(own.length));
    return folded.endsWith(own) && titleBefore.test(folded.slice(0, -own.length));
  };
  return leaders.filter(isMeant).sort((left, right) => right.length - left.length)[0];
}

const titleBehind = /^(?:$|同志|常?[务委副正]|书记|主任|[区县市镇乡部局]长|[党区县市管])/;
const titleBefore = /(?:书记|主任|委员|[区县市镇乡部局]长|巡视员|调研员|同志)$/;

/** 去掉括号里的职务 — “马骁（局长）”是马骁。 */
export const withoutTitle = (name: string): string => name.replace(/[（(][^（()）]*[)）]/g, '').trim();
