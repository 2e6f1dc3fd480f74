import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noticeCard } from '#cards/system/notice.card';
import { instantAt, localDateOf } from '#core/dates';
import { withTransaction } from '#db/transaction';
import { loadCalendar } from '#domain/calendar/store';
import { addWorkingDays } from '#domain/calendar/working-days';
import { findPlanned, saveNextLooks, wakePlans } from '#domain/deadlines/plan/store';
import { rehearse } from '#domain/deadlines/run';
import { remindDaily } from '#features/reminders/sweep';
import { asSystem } from '../../src/app.ts';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks } from './given-books.ts';

let it: TestApp;
const instant = (text: string): Date => instantAt(text.slice(0, 10), text.slice(11) || '00:00');
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('丁一凡').clicks('签收');
  await it.skipTo('2026-09-18 10:00');
}, 180_000);
afterAll(() => it.close());

const readyz = async (): Promise<{ status: number; checks: Record<string, string> }> => {
  const response = await fetch(`http://127.0.0.1:${it.app.port}/readyz`);
  return { status: response.status, checks: ((await response.json()) as { checks: Record<string, string> }).checks };
};
const planOf = async (code: string): Promise<string[]> => {
  const { id } = await itemOf(it, code);
  const runs = await withTransaction(it.app.database, async (tx) => rehearse(tx, await loadCalendar(tx), { now: it.clock.now(), days: 15 }));
  return runs.flatMap(({ at, sendings }) =>
    sendings.filter((send) => send.subjectId === id && send.kind === 'ladder').map(({ step }) => `${localDateOf(at)} ${step}`),
  );
};

describe('提醒规则：下达时的规则管到底，重新套用要两次确认', () => {
  test('周启明改规则：写错的数说得清；改了之后，在办的管-088仍按下达时的规则', async () => {
    const before = await planOf('管-088');
    expect(before.slice(0, 2)).toEqual(['2026-09-22 T-7', '2026-09-29 T-3']);
    const zhou = it.person('周启明');
    await zhou.says('提醒规则');
    expect(textOfCard(zhou.lastCard())).toContain('提前7、3、1个工作日');
    expect(textOfCard(zhou.lastCard())).toContain('过5个工作日拟稿，由人核稿、签发');
    const form = { notices: '9、2', urge: '1', secondUrge: '4' };
    for (const [wrong, words] of [
      [{ ...form, notices: '八' }, '到期预告的“八”不是1到30之间的整数，请改正'],
      [{ ...form, notices: '3、3' }, '到期预告有重复的天数，请改正'],
      [{ ...form, secondUrge: '1' }, '二次催办要晚于催办，请改正'],
      [{ notices: '7、3、1', urge: '1', secondUrge: '3' }, '与现行规则一样，没有改动'],
    ] as const)
      expect(await zhou.clicks('保存规则', { form: wrong })).toMatchObject({ toast: { content: words } });
    expect(await zhou.clicks('保存规则', { form })).toMatchObject({ toast: { content: '已保存为第2版；在办事项照旧，要改请点“重新套用”' } });
    expect(await planOf('管-088')).toEqual(before);
    await it.person('林晓').says('提醒规则');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('您无权修改提醒规则，请联系督查室主任');
  });

  test('重新套用：先看涉及几项、下一次多发哪几项；确认了才换，再点一次不再换，已发过的不重发', async () => {
    const zhou = it.person('周启明');
    await zhou.clicks('重新套用');
    const preview = textOfCard(zhou.lastCard());
    expect(preview).toMatch(/将对\d+项在办事项套用第2版规则/);
    expect(preview).toMatch(/9月20日（周日）09:05有\d+项要多发或改发提醒/);
    expect(preview).toContain('T-9 到期预告');
    expect((await planOf('管-088'))[0]).toBe('2026-09-22 T-7');
    expect(await zhou.clicks('确认套用')).toMatchObject({ toast: { content: expect.stringMatching(/已对\d+项套用/) } });
    expect((await planOf('管-088')).slice(0, 5)).toEqual(['2026-09-20 T-9', '2026-09-30 T-2', '2026-10-09 T', '2026-10-10 T+1', '2026-10-14 T+4']);
    await zhou.says('提醒规则');
    expect(textOfCard(zhou.lastCard())).not.toContain('旧规则');
  });
});

describe('每人每天至多一张提醒卡，连简报至多两张', () => {
  test('马骁当天已收两张：整项留到下一个工作日，一步要么都告诉、要么都不告诉；核对不当漏发', async () => {
    // 哪一天、哪一步，照当时的规则算：单独跑也是这个道理。
    const [first = ''] = await planOf('管-088');
    const [day = '', step = ''] = first.split(' ');
    const nextDay = await withTransaction(it.app.database, async (tx) => addWorkingDays(await loadCalendar(tx), day, 1));
    await it.skipTo(`${day} 08:30`);
    await asSystem(it.app, instant(`${day} 08:30`), ({ outbox }) => {
      for (const nth of ['full-1', 'full-2']) {
        const card = noticeCard({ title: nth, text: '自动消息', tone: 'info' });
        outbox.sendCard({ to: { person: it.person('马骁').person.openId }, cardKey: nth, card, dedupeKey: nth, priority: 'reminder' });
      }
      return Promise.resolve();
    });
    const sentOf = async (code: string): Promise<string[]> => {
      const { id } = await itemOf(it, code);
      return inDatabase(it, async (db) =>
        (await db.reminderSend.findMany({ where: { subjectId: id, kind: 'ladder', at: { gte: instant(day) } } })).map(
          ({ at, step }) => `${localDateOf(at)} ${step}`,
        ),
      );
    };
    await it.moveTo(`${day} 09:05`);
    expect(await sentOf('管-088')).toEqual([]);
    it.clock.set(instant(`${day} 09:12`));
    expect((await readyz()).checks['提醒与催办']).toBe('ok');
    await it.skipTo(`${nextDay} 09:05`);
    expect(await sentOf('管-088')).toEqual([`${nextDay} ${step}`]);
  });

  test('早上已收一张提醒卡，上午另一项才变成要提醒：当天不添第二张，留到下一个工作日；核对不当漏发', async () => {
    // 哪一天有人收了一张、手里又有一项那天没有提醒：往后数到那一天。
    const dayAfter = (day: string) => withTransaction(it.app.database, async (tx) => addWorkingDays(await loadCalendar(tx), day, 1));
    const spared = (day: string) =>
      inDatabase(it, async (db) => {
        const at = { gte: instant(day) };
        const reminded = await db.reminderSend.findMany({ where: { at }, select: { subjectId: true, recipients: true } });
        const subjectIds = reminded.map(({ subjectId }) => subjectId);
        // 只拟稿的一步，谁也没有收到。
        const heard = reminded.filter(({ recipients }) => (recipients as unknown[]).length > 0).map(({ subjectId }) => subjectId);
        const posts = await db.workItem.findMany({ where: { id: { in: heard } }, select: { responsiblePostId: true } });
        const of = posts.map(({ responsiblePostId }) => responsiblePostId ?? '');
        return db.workItem.findFirst({
          where: { id: { notIn: subjectIds }, responsiblePostId: { in: of }, status: 'inProgress' },
          orderBy: { code: 'asc' },
        });
      });
    let day = localDateOf(it.clock.now());
    let found = await spared(day);
    while (found === null) {
      day = await dayAfter(day);
      await it.skipTo(`${day} 09:05`);
      found = await spared(day);
    }
    const other = found;
    const sent = () =>
      inDatabase(it, async (db) =>
        (await db.reminderSend.findMany({ where: { subjectId: other.id, kind: 'ladder', at: { gte: instant(day) } } })).map(({ at }) =>
          localDateOf(at),
        ),
      );
    expect(await sent()).toEqual([]);
    await it.moveTo(`${day} 10:00`);
    await inDatabase(it, (db) => db.workItem.update({ where: { id: other.id }, data: { dueOn: day, originalDueOn: day } }));
    await asSystem(it.app, instant(`${day} 10:00`), async (ctx) => {
      ctx.audit.record({ subject: { type: 'workItem', id: other.id }, event: 'revise', detail: {} });
      await wakePlans(ctx.tx);
    });
    await it.moveTo(`${day} 12:05`);
    expect(await sent()).toEqual([]);
    it.clock.set(instant(`${day} 12:12`));
    expect((await readyz()).checks['提醒与催办']).toBe('ok');
    const nextDay = await dayAfter(day);
    await it.skipTo(`${nextDay} 09:05`);
    expect(await sent()).toEqual([nextDay]);
  });
});

describe('定时旁边的核对：定时不转了，五分钟之内看得出来', () => {
  test('9月30日09:05没有人发：09:08还不算，09:10就绪变红、诊断变红，说出是哪几项', async () => {
    await it.skipTo('2026-09-29 18:05');
    await it.skipTo('2026-09-30 09:02');
    await it.app.scheduler.stop();
    it.clock.set(instant('2026-09-30 09:08'));
    expect(await readyz()).toMatchObject({ status: 200, checks: { 提醒与催办: 'ok', 定时任务: 'ok' } });
    it.clock.set(instant('2026-09-30 09:10'));
    const { status, checks } = await readyz();
    expect(status).toBe(503);
    expect(checks['提醒与催办']).toMatch(/^\d+项该发的提醒没有发出：/);
    expect(checks['定时任务']).toContain('9月30日（周三）09:05运行，没有运行');
    await it.person('林晓').says('诊断');
    const diagnosis = textOfCard(it.person('林晓').lastCard());
    expect(diagnosis).toContain('未通过2');
    expect(diagnosis).toContain('提醒与催办：下一次定时');
    expect(it.logLines.some((line) => line.includes('not ready'))).toBe(true);
  });

  test('那一格之后才变的事项不算漏；补发之后转绿', async () => {
    await asSystem(it.app, instant('2026-09-30 12:05'), (ctx) => remindDaily.sweep(ctx, ctx.now));
    it.clock.set(instant('2026-09-30 12:10'));
    expect((await readyz()).checks['提醒与催办']).toBe('ok');
    const lin = it.person('林晓');
    await lin.says('日历');
    await lin.clicks('调整一天');
    await lin.clicks('保存', { form: { date: '2026-10-08', kind: '放假', reason: '台风停工' } });
    it.clock.set(instant('2026-09-30 12:20'));
    expect((await readyz()).checks['提醒与催办']).toBe('ok');
  });

  test('计划丢了一行：提醒不会再找到它，核对认得出，说出是哪一项', async () => {
    await asSystem(it.app, instant('2026-09-30 15:05'), (ctx) => remindDaily.sweep(ctx, ctx.now));
    it.clock.set(instant('2026-09-30 15:10'));
    expect((await readyz()).checks['提醒与催办']).toBe('ok');
    const { id } = await itemOf(it, '管-088');
    await inDatabase(it, (db) => db.reminderPlan.delete({ where: { itemId: id } }));
    it.clock.set(instant('2026-09-30 15:11'));
    expect(await readyz()).toMatchObject({ status: 503, checks: { 提醒与催办: '1项该发的提醒没有发出：管-088' } });
  });

  test('提醒在发件箱里卡住：认领它的一直占着不放，诊断说出积压多久', async () => {
    const dueAt = instant('2026-09-30 15:05');
    await it.app.database.pool.query(
      `INSERT INTO "OutboxEntry" (id, kind, state, priority, lane, recipient, "dedupeKey", payload, "notBefore", "createdAt", "leaseUntil")
       VALUES ('stuck', 'sendText', 'sending', 2, 'stuck', 'person:ou_nobody', 'stuck', '{"text":"x"}', $1, $1, clock_timestamp() + interval '1 day')`,
      [dueAt],
    );
    const check = it.app.registry.contributions.checks.find(({ name }) => name === '发件箱');
    const found = (at: string) => withTransaction(it.app.database, async (tx) => check?.run(tx, instant(at)));
    expect(await found('2026-09-30 15:09')).toMatchObject({ status: 'pass' });
    expect(await found('2026-09-30 15:11')).toMatchObject({ status: 'fail', finding: '1件到期未发，最久的等了360秒' });
    await it.app.database.pool.query(`DELETE FROM "OutboxEntry" WHERE id = 'stuck'`);
  });
});

test('提醒正在算的时候，时限改了：算好的“下一次”不盖上去，下一格照新的算', async () => {
  const { id, dueOn } = await itemOf(it, '管-100');
  const nextAt = instant('2027-01-04 09:05');
  const read = async () => (await withTransaction(it.app.database, (tx) => findPlanned(tx, [id])))[0]?.woken ?? Number.NaN;
  const save = (woken: number) => withTransaction(it.app.database, (tx) => saveNextLooks(tx, [{ itemId: id, nextAt, woken }]));
  const planned = async () => (await inDatabase(it, (db) => db.reminderPlan.findUniqueOrThrow({ where: { itemId: id } }))).nextAt;
  const early = await read();
  await inDatabase(it, (db) => db.workItem.update({ where: { id }, data: { dueOn: '2026-10-30' } }));
  await save(early);
  expect(await planned()).toEqual(new Date(0));
  await save(await read());
  expect(await planned()).toEqual(nextAt);
  await inDatabase(it, (db) => db.workItem.update({ where: { id }, data: { dueOn } }));
});
