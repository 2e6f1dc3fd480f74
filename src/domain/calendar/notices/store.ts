import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { Arrangement } from '../arrangement.ts';
import type { CalendarNoticeState } from '../notice-model.ts';

/** 收到的放假安排 */
export interface CalendarNotice extends Arrangement {
  readonly id: string;
  readonly origin: 'text' | 'file';
  readonly state: CalendarNoticeState;
  readonly byName: string;
  readonly at: Date;
  readonly importedBy: string | null;
  readonly importedAt: Date | null;
}

/** 记下收到的 */
export async function insertNotice(tx: Tx, notice: CalendarNotice): Promise<void> {
  const { days, problems, ignored, ...data } = notice;
  await rows(tx).calendarNotice.create({
    data: { ...data, days: days.map((day) => ({ ...day })), problems: [...problems], ignored: [...ignored] },
  });
}

/** 找收到的 */
export async function findNotice(tx: Tx, id: string): Promise<CalendarNotice | null> {
  return (await rows(tx).calendarNotice.findUnique({ where: { id } })) as unknown as CalendarNotice | null;
}

/** 某年已导入的 */
export async function findImported(tx: Tx, year: number): Promise<CalendarNotice | null> {
  return (await rows(tx).calendarNotice.findFirst({ where: { year, state: 'imported' } })) as unknown as CalendarNotice | null;
}

/** 改状态 — false: somebody was faster. */
export async function moveNotice(
  tx: Tx,
  {
    id,
    from,
    to,
    patch,
  }: { id: string; from: CalendarNoticeState; to: CalendarNoticeState; patch: Partial<Pick<CalendarNotice, 'importedBy' | 'importedAt'>> },
): Promise<boolean> {
  const { count } = await rows(tx).calendarNotice.updateMany({ where: { id, state: from }, data: { ...patch, state: to } });
  return count === 1;
}
