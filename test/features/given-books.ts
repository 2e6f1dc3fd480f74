import { readFileSync } from 'node:fs';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import type { Prisma } from '#prisma';
import { startTestApp, type TestApp } from '../harness.ts';
import { type Stage, stageOf } from '../stage.ts';

const workbook = readFileSync(new URL('../fixtures/2026年重点工作任务-修订.xlsx', import.meta.url));

/** 任务书已下达 — imported, approved and issued through the chat on 2026-05-29 09:05, as in the stories. */
export async function startWithBooks(): Promise<TestApp> {
  return startTestApp({ stage: await issuedStage() });
}

/** 任务书已下达的布景 — for whoever restarts the program on a database of his own. */
export function issuedStage(): Promise<Stage> {
  return stageOf('issued', async (databaseUrl, platformDir) => {
    const it = await startTestApp({ at: '2026-05-28 15:58', databaseUrl, platformDir });
    await issueBooks(it);
    await it.close();
    return it.clock.now();
  });
}

async function issueBooks(it: TestApp): Promise<void> {
  await it.person('林晓').sendsFile('2026年重点工作任务-修订.xlsx', workbook);
  await it.person('林晓').clicks('确认导入');
  await it.moveTo('2026-05-29 09:05');
  await it.person('周启明').clicks('审定');
  await it.person('周启明').clicks('下达');
}

/** 读库 */
export function inDatabase<Found>(it: TestApp, read: (db: Prisma.TransactionClient) => Promise<Found>): Promise<Found> {
  return withTransaction(it.app.database, (tx) => read(rows(tx)));
}

/** 事项的一行 */
export function itemOf(it: TestApp, code: string) {
  return inDatabase(it, (db) => db.workItem.findUniqueOrThrow({ where: { year_code: { year: 2026, code } } }));
}

/** 事项的留痕，按先后 */
export async function trailOf(it: TestApp, code: string): Promise<string[]> {
  const { id } = await itemOf(it, code);
  const found = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectId: id }, orderBy: { seq: 'asc' } }));
  return found.map(({ event, before, after, actorName }) => `${actorName} ${event} ${before ?? ''}→${after ?? ''}`);
}

/** 这几个人都没有账号的时候 — done, they have them back. */
export async function silenced<Done>(it: TestApp, names: readonly string[], does: () => Promise<Done>): Promise<Done> {
  const people = await inDatabase(it, (db) => db.person.findMany({ where: { name: { in: [...names] } }, select: { id: true, openId: true } }));
  const give = (openId: (person: (typeof people)[number]) => string | null) =>
    inDatabase(it, async (db) => {
      for (const person of people) await db.person.update({ where: { id: person.id }, data: { openId: openId(person) } });
    });
  await give(() => null);
  const done = await does();
  await give(({ openId }) => openId);
  return done;
}
