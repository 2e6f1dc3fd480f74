import { afterAll, beforeAll, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { compositeOf } from '#domain/ballots/composite';
import { compare, fraction, twoDecimals } from '#domain/ballots/fraction';
import { registerOutsideBooks } from '#domain/work-items/advance-items';
import { newItem } from '#domain/work-items/new-item';
import { asSystem } from '../../src/app.ts';
import { fc } from '../fast-check.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { openHall } from './review-hall.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 14:30' });
  // 城管局五项到期，按时办结三项；南屿两项到期，一项也没有办；各还有一项没有到期。
  const items = ['U10', 'U10', 'U10', 'U10', 'U10', 'U10', 'U31', 'U31', 'U31'].map((leadUnit, index) => ({
    leadUnit,
    dueOn: index % 6 === 5 || index === 8 ? '2026-12-31' : `2026-0${index + 1}-20`,
  }));
  await asSystem(it.app, it.clock.now(), (ctx) =>
    registerOutsideBooks(
      ctx,
      items.map(({ leadUnit, dueOn }, index) => {
        const done = leadUnit === 'U10' && index < 3 ? { status: 'completed' as const, completedAt: instantAt(dueOn, '10:00'), percent: 100 } : {};
        const code = `管-${String(index + 1).padStart(3, '0')}`;
        return newItem(ctx, {
          year: 2026,
          code,
          series: '管',
          number: index + 1,
          kind: 'keyTask',
          title: code,
          category: '经济运行',
          leadUnit,
          dueOn,
          ...done,
        });
      }),
      { right: {}, detail: {} },
    ),
  );
});
afterAll(() => it.close());

const query = async <Row>(sql: string): Promise<Row[]> => (await it.app.database.pool.query(sql)).rows as Row[];
const http = (path: string, form?: Record<string, string>): Promise<Response> =>
  fetch(`http://127.0.0.1:${it.app.port}${path}`, form ? { method: 'POST', body: new URLSearchParams(form) } : {});
const textOf = (html: string): string => html.replace(/<style>[\s\S]*?<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const secretary = () => it.person('沈澄');

test('述职人身边是台账里本单位的数，开讲那一刻冻结；集中测评用等次，一张单子投各家；任务成绩按权重计入，分开列出', { timeout: 180_000 }, async () => {
  const slips = await openHall(it, { units: 2, settings: { 方式: '集中测评', '任务成绩权重（%）': '20', 场次编号: 'SZ-年' } });
  await secretary().says('述职 大屏');
  const [screen = ''] = /\/p\/screen\/\S+/.exec(secretary().texts().at(-1) ?? '') ?? [];
  const projected = async (): Promise<string> => textOf(await (await http(screen)).text());
  const slots = await query<{ unitCode: string; unitName: string }>(`SELECT "unitCode", "unitName" FROM "ReviewSlot" ORDER BY position`);
  const said: string[] = [];
  for (const { unitCode } of slots) {
    expect(await projected()).not.toContain('本年任务');
    await secretary().clicks('开始述职');
    const [row] = await query<{ year: { total: number; completed: number; due: number; onTime: number } }>(
      `SELECT "yearResult" AS year FROM "ReviewSlot" WHERE "unitCode" = '${unitCode}'`,
    );
    const [own] = await query<{ total: number; completed: number }>(
      `SELECT count(*)::int AS total, count(*) FILTER (WHERE status = 'completed')::int AS completed FROM "WorkItem" WHERE "leadUnit" = '${unitCode}' AND year = 2026`,
    );
    expect(row?.year).toMatchObject(own ?? {});
    expect([row?.year.onTime, row?.year.due]).toEqual(unitCode === 'U10' ? [3, 5] : [0, 2]);
    const words = `承办${own?.total}项，办结${own?.completed}项，按时办结${row?.year.onTime}/${row?.year.due}`;
    said.push(words);
    expect(textOfCard(secretary().cards())).toContain(words);
    expect(await projected()).toContain(`本年任务：${words}`);
    await secretary().clicks('开始问答');
    await secretary().clicks('述职完毕');
  }
  // 讲完之后台账再变，台上的数不变。
  await query(`UPDATE "WorkItem" SET status = 'completed', "completedAt" = ("dueOn" || 'T10:00:00+08:00')::timestamptz WHERE "leadUnit" = 'U31'`);
  await secretary().clicks('集中测评');
  const voters = await query<{ name: string }>(`SELECT name FROM "ReviewVoter" WHERE present AND channel = 'card' ORDER BY position`);
  for (const [index, { name }] of voters.entries()) {
    const form = index === 0 ? { s1: '1' } : { s1: '1', s2: '2' };
    expect(await it.person(name).clicks('投票', { form })).toMatchObject({ toast: { content: '已投票' } });
  }
  const rounds = await query<{ id: string }>(
    `SELECT r.id FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE r.state = 'open' ORDER BY s.position`,
  );
  // 不选的是弃权：第一位只选了一家；群众代表都没有投。
  expect([slips.length, rounds.length, await query(`SELECT 1 FROM "Ballot" WHERE choice IS NULL`)]).toEqual([24, 2, [expect.anything()]]);
  await secretary().clicks('关闭测评');
  await secretary().clicks('计票');
  for (const name of ['罗静', '白露', '石磊']) await it.person(name).clicks('确认票数');
  await it.person('陈建业').clicks('放行：仅领导');
  await it.person('陈建业').clicks('放行：参会者');
  const results = await query<{ results: { unitCode: string; shown: { total: string }; task: { vote: string; onTime: number; due: number } }[] }>(
    `SELECT results FROM "ReviewSession" WHERE number = 'SZ-年' AND jsonb_typeof(results) = 'array'`,
  );
  const votes = ['100.00', '80.00']; // 全优、全良；没有人投票的群众一类重新归一
  for (const [index, { unitCode }] of slots.entries()) {
    const own = results[0]?.results.find((one) => one.unitCode === unitCode);
    expect(own?.task.vote).toBe(votes[index]);
    const { onTime = 0, due = 0 } = own?.task ?? {};
    expect(own?.shown.total).toBe(twoDecimals(fraction(BigInt(index === 0 ? 100 : 80) * 80n * BigInt(due) + BigInt(onTime) * 100n * 20n, 100 * due)));
    expect(textOfCard(it.person('陈建业').lastCard())).toContain(`测评${own?.task.vote} 按时办结${onTime}/${due}`);
  }
  const printed = textOfCard(it.person('陈建业').lastCard());
  for (const words of ['总分＝测评×80%＋按时办结率×20%', `${slots[0]?.unitName}的群众代表没有有效票，由其余类别重新归一`])
    expect(printed).toContain(words);
  await it.person('陈建业').clicks('放行：各单位');
  const sheets = it.world.store.chats().flatMap(({ chatId }) => it.world.store.messagesOf(chatId));
  for (const words of said) expect(sheets.some(({ content }) => content.includes('述职测评成绩单') && content.includes(words))).toBe(true);
});

test('综合成绩与手算的分数完全相等；没有到期的、没有给权重的，只看测评', () => {
  const natural = fc.integer({ min: 0, max: 200 });
  fc.assert(
    fc.property(natural, natural, natural, fc.integer({ min: 1, max: 99 }), (hundredths, due, done, weight) => {
      const [vote, onTime] = [fraction(hundredths, 2), Math.min(done, due)];
      const total = compositeOf(vote, { onTime, due }, String(weight));
      const expected =
        due === 0 ? vote : fraction(BigInt(hundredths) * BigInt(100 - weight) * BigInt(due) + 200n * BigInt(onTime) * BigInt(weight), 200 * due);
      expect(total && compare(total, expected)).toBe(0);
      for (const none of [undefined, '0']) expect(compositeOf(vote, { onTime, due }, none)).toEqual(vote);
    }),
    { numRuns: 200 },
  );
  expect(compositeOf(null, { onTime: 1, due: 1 }, '20')).toBeNull();
});
