import { readFileSync } from 'node:fs';
import type { Tx } from '#core/context';
import { instantAt } from '#core/dates';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import type { AuditLine } from '#domain/audit/model';
import { appendAudit } from '#domain/audit/store';
import { loadCalendar } from '#domain/calendar/store';
import { type Calendar, workingDaysBetween } from '#domain/calendar/working-days';
import { startTestApp, type TestApp } from '../harness.ts';
import { stageOf } from '../stage.ts';

const workbook = readFileSync(new URL('../fixtures/2026年重点工作任务-修订.xlsx', import.meta.url));
const issuedOn = '2026-05-29';
const at = (day: string, time = '10:00'): Date => instantAt(day, time);

/** 9月22日逾期的五项 */
export const overdueCodes = ['党-031', '管-022', '管-050', '管-060', '管-069'];
/** 另有进度落后三成以上的 */
const behindRed: Readonly<Record<string, number>> = { U09: 1, U12: 1 };
/** 落后一成半的；管-046、管-049、管-074 则因临近时限而黄 */
const behindYellow: Readonly<Record<string, number>> = { U05: 2, U06: 2, U07: 1, U09: 2, U12: 1, U15: 1, U16: 1, U30: 1, U31: 1 };

/** 一个事项在九月的经历 */
export interface Fate {
  readonly code: string;
  readonly leadUnit: string;
  readonly dueOn: string;
  readonly completedOn: string | null;
  readonly special: 'suspended' | 'declinePending' | 'notStarted' | null;
  /** 在计划之后几个百分点 */
  readonly behind: number;
}

/** S10 的安排 — who is closed, late, behind, halted; the numbers of the story are what these rules add up to. */
function planFates(items: readonly { code: string; leadUnit: string; dueOn: string }[]): Fate[] {
  const due = items.filter(({ code, dueOn }) => dueOn <= '2026-09-22' && !overdueCodes.includes(code)).map(({ code }) => code);
  const september = items.filter(({ code, dueOn }) => due.includes(code) && dueOn >= '2026-09-02' && dueOn <= '2026-09-18').map(({ code }) => code);
  const lateToday = september.slice(0, 2);
  const lateBefore = due.filter((code) => !lateToday.includes(code)).slice(0, 4);
  const open = items.filter(({ code, dueOn }) => dueOn > '2026-10-01' && code !== '党-058');
  const plain = open.filter(({ leadUnit }) => ['U01', 'U02', 'U04', 'U11', 'U14'].includes(leadUnit)).map(({ code }) => code);
  const [early, suspended, notStarted] = [plain.slice(0, 6), plain.slice(6, 8), plain.slice(8, 11)];
  const left = { red: { ...behindRed }, yellow: { ...behindYellow } };
  const take = (of: Record<string, number>, unit: string): boolean => {
    const count = of[unit] ?? 0;
    of[unit] = count - 1;
    return count > 0;
  };
  return items.map((item): Fate => {
    const { code, leadUnit, dueOn } = item;
    const completedOn = lateToday.includes(code)
      ? '2026-09-22'
      : lateBefore.includes(code)
        ? addDay(dueOn, 5)
        : due.includes(code)
          ? addDay(dueOn, -2)
          : code === early[0]
            ? '2026-09-22'
            : early.includes(code)
              ? '2026-08-20'
              : null;
    const special = suspended.includes(code) ? 'suspended' : notStarted.includes(code) ? 'notStarted' : code === '党-058' ? 'declinePending' : null;
    const free = completedOn === null && special === null && dueOn > '2026-09-28';
    const behind = free && take(left.red, leadUnit) ? 40 : free && take(left.yellow, leadUnit) ? 15 : 0;
    return { code, leadUnit: code === '党-058' ? 'U15' : leadUnit, dueOn, completedOn, special, behind };
  });
}

/** 2026-09-22 17:30 的台账 — the 254 items as the story has them, with the trail and the reports from which past days can be seen. */
export async function startInSeptember(): Promise<{ it: TestApp; fates: Fate[] }> {
  const stage = await stageOf('september', async (databaseUrl, platformDir) => {
    const it = await startTestApp({ at: '2026-05-28 15:58', databaseUrl, platformDir });
    await it.person('林晓').sendsFile('2026年重点工作任务-修订.xlsx', workbook);
    await it.person('林晓').clicks('确认导入');
    await it.skipTo('2026-09-22 17:30');
    await withTransaction(it.app.database, liveThroughSummer);
    await it.close();
    return it.clock.now();
  });
  const it = await startTestApp({ stage });
  // 改派过的一项，排在原来的单位之下。
  const items = await withTransaction(it.app.database, (tx) => rows(tx).workItem.findMany({ orderBy: [{ dueOn: 'asc' }, { code: 'asc' }] }));
  return { it, fates: planFates(items) };
}

async function liveThroughSummer(tx: Tx): Promise<void> {
  const items = await rows(tx).workItem.findMany({ orderBy: [{ dueOn: 'asc' }, { code: 'asc' }] });
  const calendar = await loadCalendar(tx);
  const byCode = new Map(planFates(items).map((fate) => [fate.code, fate]));
  const lines: AuditLine[] = [];
  const reports: Report[] = [];
  const states: State[] = [];
  for (const { id, code, leadUnit } of items) {
    const fate = byCode.get(code);
    if (fate) states.push(live(calendar, { id, fate, formerUnit: leadUnit }, { lines, reports }));
  }
  reports.push(...todays(states));
  await rows(tx).$executeRaw`
    UPDATE "WorkItem" i SET status = x.status, percent = x.percent, "startOn" = x."startOn", "leadUnit" = x."leadUnit", "issuedAt" = ${at(issuedOn, '09:05')},
      "acknowledgedAt" = ${at('2026-06-01')}, "completedAt" = x."completedAt", "lastReportAt" = ${at('2026-09-21', '16:00')}
    FROM jsonb_to_recordset(${JSON.stringify(states)}::jsonb) AS x(id text, status text, percent int, "startOn" text, "leadUnit" text, "completedAt" timestamptz)
    WHERE i.id = x.id`;
  await rows(tx).taskBook.updateMany({
    data: { status: 'acknowledged', issuedAt: at(issuedOn, '09:05'), acknowledgedAt: at('2026-06-01'), acknowledgeBy: at('2026-06-02', '18:00') },
  });
  await insertReports(tx, reports);
  await appendAudit(
    tx,
    lines.toSorted((left, right) => left.at.getTime() - right.at.getTime()),
  );
}

interface State {
  readonly id: string;
  readonly status: string;
  readonly percent: number;
  readonly startOn: string | null;
  readonly leadUnit: string;
  readonly completedAt: Date | null;
}
interface Report {
  readonly itemId: string;
  readonly round: number;
  readonly on: string;
  readonly percent: number;
  readonly adopted: boolean;
}

/** 一个事项的一生：下达、签收、8月28日和9月21日各反馈一次，再是各自的结局。 */
function live(
  calendar: Calendar,
  { id, fate, formerUnit }: { id: string; fate: Fate; formerUnit: string },
  { lines, reports }: { lines: AuditLine[]; reports: Report[] },
): State {
  const line = (day: string, event: string, before: string, after: string, detail?: Record<string, unknown>): void => {
    lines.push({
      at: at(day),
      actorId: null,
      actorName: '林晓',
      sourceEventId: null,
      subject: { type: 'workItem', id },
      event,
      before,
      after,
      detail,
    });
  };
  const { dueOn, completedOn, special, behind } = fate;
  const startOn = special === 'notStarted' ? '2026-10-08' : null;
  const percentOn = (day: string): number => {
    const total = workingDaysBetween(calendar, issuedOn, dueOn);
    return startOn ? 0 : Math.max(0, Math.min(90, Math.floor((workingDaysBetween(calendar, issuedOn, day) * 100) / total)) - behind);
  };
  line(issuedOn, 'issue', 'draft', 'issued');
  line('2026-06-01', 'acknowledge', 'issued', 'inProgress');
  let percent = 0;
  for (const [index, day] of ['2026-08-28', '2026-09-21'].entries()) {
    if (completedOn !== null && completedOn <= day) continue;
    const next = percentOn(day === '2026-08-28' ? '2026-08-31' : '2026-09-22');
    reports.push({ itemId: id, round: index + 1, on: day, percent: next, adopted: true });
    line(day, 'adopt', String(percent), String(next));
    percent = next;
  }
  if (special === 'declinePending') {
    line('2026-09-18', 'decline', 'inProgress', 'declinePending');
    line('2026-09-18', 'reassign', 'declinePending', 'issued', { former: { leadUnit: formerUnit } });
    line('2026-09-18', 'acknowledge', 'issued', 'inProgress');
    line('2026-09-21', 'decline', 'inProgress', 'declinePending');
  }
  if (special === 'suspended') line('2026-09-10', 'suspend', 'inProgress', 'suspended');
  if (completedOn !== null) {
    line(completedOn, 'requestCompletion', 'inProgress', 'underVerification');
    line(completedOn, 'complete', 'underVerification', 'completed', { former: { percent } });
  }
  const status = completedOn === null ? (special === 'suspended' || special === 'declinePending' ? special : 'inProgress') : 'completed';
  return {
    id,
    status,
    percent: completedOn === null ? percent : 100,
    startOn,
    leadUnit: fate.leadUnit,
    completedAt: completedOn === null ? null : at(completedOn),
  };
}

/** 今天反馈的21项 */
function todays(states: readonly State[]): Report[] {
  return states
    .filter(({ status, startOn }) => status === 'inProgress' && startOn === null)
    .slice(0, 21)
    .map(({ id, percent }) => ({ itemId: id, round: 3, on: '2026-09-22', percent, adopted: false }));
}

async function insertReports(tx: Tx, reports: readonly Report[]): Promise<void> {
  await rows(tx).progressReport.createMany({
    data: reports.map(({ itemId, round, on, percent, adopted }) => ({
      ...{ id: `${itemId}-${round}`, itemId, round, percent, content: `按计划推进，完成${percent}%`, metrics: [], noChange: false },
      ...{ reporterId: 'p', reporterName: '马骁', submittedAt: at(on, '09:30'), status: adopted ? 'adopted' : 'submitted' },
      ...(adopted ? { signedOffAt: at(on, '09:40'), adoptedAt: at(on, '10:00'), adoptedBy: '林晓' } : {}),
    })),
  });
}

function addDay(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}
