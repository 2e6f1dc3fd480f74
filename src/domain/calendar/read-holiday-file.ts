import { z } from 'zod';
import { isRealDate } from '#core/dates';
import { InvalidError } from '#core/errors';
import { type Arrangement, checkArrangement } from './arrangement.ts';

// holiday-cn 的文件格式，各种放假数据之间通用：{year, papers[], days[{name, date, isOffDay}]}。
const shape = z.object({
  year: z.number().int().min(2007).max(2100),
  days: z
    .array(z.object({ name: z.string().max(20), date: z.string().refine(isRealDate), isOffDay: z.boolean() }))
    .min(1)
    .max(120),
});

/** 读放假数据文件 — the holiday-cn JSON of one year. @throws InvalidError that says what the file should look like */
export function readHolidayFile(text: string): Arrangement {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InvalidError('这个文件不是完整的 JSON，没有读入。请重新下载 holiday-cn 的年度文件（如 2027.json）再发。');
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) throw new InvalidError('这个文件不是 holiday-cn 的年度放假数据（应有 year 和 days，每天有 name、date、isOffDay），没有读入。');
  const { year, days } = parsed.data;
  return checkArrangement(
    year,
    days.map(({ name, date, isOffDay }) => ({ date, kind: isOffDay ? ('off' as const) : ('work' as const), name })),
  );
}
