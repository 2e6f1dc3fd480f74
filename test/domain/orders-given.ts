import type { Actor, Context } from '#core/context';
import { systemActor } from '#core/context';
import { type Database, openDatabase } from '#db/client';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { performAlone } from '#runtime/unit-of-work';
import { furnish } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

/** 签发的时刻 */
export const now = new Date('2026-09-22T08:20:00Z');

const inOffice = (name: string, role: 'chiefInspector' | 'inspector'): Actor => ({
  kind: 'person',
  personId: name,
  openId: `ou_${name}`,
  name,
  posts: [{ postId: `post-${name}`, unitCode: null, role, title: '', field: null }],
});
export const chief = inOffice('周启明', 'chiefInspector');
export const inspector = inOffice('林晓', 'inspector');

/** 一个只有库、没有平台的办公室 — the same unit of work as in the program. */
export function openOffice(url: string): { database: Database; as: <T>(actor: Actor, work: (ctx: Context) => Promise<T>, at?: Date) => Promise<T> } {
  const database = openDatabase(url, { poolMax: 8 });
  const { around } = furnish(
    database,
    readConfig({ NODE_ENV: 'test' }, () => ''),
  );
  return {
    database,
    as: async (actor, work, at = now) => {
      const done = await performAlone(around, { now: at, eventKey: null, actor: () => Promise.resolve(actor), work });
      if (done.kind === 'seen') throw new Error('办过了');
      return done.value;
    },
  };
}

/** 核过稿的令，每项一道 */
export async function giveCheckedOrders(database: Database, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => `o${String(index + 1).padStart(3, '0')}`);
  await withTransaction(database, async (tx) => {
    const db = rows(tx);
    await db.workItem.createMany({
      data: ids.map((id, index) => ({
        ...{ id: `i-${id}`, year: 2026, code: `管-${String(index + 1).padStart(3, '0')}`, series: '管', number: index + 1, kind: 'keyTask' },
        ...{ status: 'inProgress', title: '某项工作', category: '其他', goal: '', measures: '', leadUnit: 'U09', supportingUnits: [] },
        ...{ dueOn: '2026-09-16', originalDueOn: '2026-09-16', feedbackPeriod: 'quarterly', metrics: [], issuedAt: new Date('2026-05-29T01:05:00Z') },
      })),
    });
    const facts = { dueOn: '2026-09-16', originalDueOn: '2026-09-16', percent: 0, lines: [], formerNumbers: [] };
    await db.supervisionOrder.createMany({
      data: ids.map((id) => ({
        ...{ id, itemId: `i-${id}`, status: 'checked', origin: 'ladder', baseOn: '2026-09-16', facts, requirement: '限期办结', evidence: '报告' },
        ...{ draftedBy: systemActor.name, draftedAt: now },
      })),
    });
  });
  return ids;
}
