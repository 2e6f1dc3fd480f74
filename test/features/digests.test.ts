import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { noticeCard } from '#cards/system/notice.card';
import { addDays, instantAt } from '#core/dates';
import { withTransaction } from '#db/transaction';
import { loadCalendar } from '#domain/calendar/store';
import type { Calendar } from '#domain/calendar/working-days';
import { bulletinFigures } from '#domain/digests/bulletin';
import { monthToDraft } from '#domain/digests/bulletin-work';
import { findBulletin, findFormerBulletin } from '#domain/digests/bulletins/store';
import { digestOf, readDay } from '#domain/digests/daily';
import { minutesLate } from '#domain/digests/spread';
import { readEntries } from '#domain/ledger/entries';
import { totalsOf } from '#domain/ledger/totals';
import { cardOf } from '#platform/emulator/model';
import { asSystem } from '../../src/app.ts';
import { fc } from '../fast-check.ts';
import { type TestApp, textOfCard } from '../harness.ts';
import { startInSeptember } from './september-ledger.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

let it: TestApp;
beforeAll(async () => {
  ({ it } = await startInSeptember());
});
afterAll(() => it.close());

const digestsIn = (group: string): string[] =>
  it
    .group(group)
    .messages()
    .map((message) => textOfCard(cardOf(message, '')))
    .filter((text) => text.includes('每日简报'));
const personalDigests = (name: string): string[] =>
  it
    .person(name)
    .cards()
    .map((card) => textOfCard(card))
    .filter((text) => text.includes('每日简报'));
const groupOf = async (purpose: string): Promise<string> => {
  const { rows } = await it.app.database.pool.query<{ chatName: string }>('SELECT "chatName" FROM "ChatBinding" WHERE purpose = $1', [purpose]);
  return rows[0]?.chatName ?? '';
};

/** 全区的一份在17点几分发出 */
let leftAt: number | null = null;

describe('S10：9月22日17:40的简报', () => {
  beforeAll(async () => {
    await it.app.database.pool.query(
      `INSERT INTO "SupervisionOrder" (id, "itemId", status, origin, "baseOn", facts, requirement, evidence, "draftedBy", "draftedAt", "signedAt", "replyBy", number)
       SELECT 'o3', id, 'issued', 'ladder', '2026-09-16', '{}', '', '', '系统', '2026-09-22 09:05+08', '2026-09-22 16:20+08', '2026-09-28 18:00+08', '湾督〔2026〕3号'
       FROM "WorkItem" WHERE code = '党-031'`,
    );
    for (let minute = 40; minute <= 50; minute += 1) {
      await it.moveTo(`2026-09-22 17:${minute}`);
      if (leftAt === null && digestsIn(await groupOf('district')).length > 0) leftAt = minute;
    }
  });

  test('全区群：总数、各率、今日变化、红黄各在哪里', async () => {
    const [text = '', ...more] = digestsIn(await groupOf('district'));
    expect(more).toEqual([]);
    expect(text).toContain('254项｜已办结98｜办理中150(绿128 黄15 红7)｜中止2｜退件待裁1｜未启动3');
    expect(text).toContain('应办结97｜办结92 94.85%｜按时86 88.66%｜逾期5｜总办结率98/254 38.58%');
    expect(text).toContain('在督1(湾督〔2026〕3号)');
    expect(text).toContain('今日 办结3 反馈21 新增红1 解除红2');
    expect(text).toContain('红：公共事业1 住建2 城管1 工务署2 交通1');
    expect(text).toContain('黄：发财2 科创2 教卫1 住建2 工务署3 规资2 生态1 葵岭1 南屿1');
    const sent = it
      .group(await groupOf('district'))
      .messages()
      .findLast(({ content }) => content.includes('每日简报'));
    // 平台自己的图表和表格，不是图片。
    for (const tag of ['chart', 'table']) expect(sent?.content).toContain(`"tag":"${tag}"`);
  });

  test('全区的一份不在17:40发，错开的那几分钟由地名和日子定', () => {
    const minutes = minutesLate('滨湾新区|district', '2026-09-22');
    expect(minutes).toBeGreaterThan(0);
    expect(leftAt).toBe(40 + minutes);
  });

  test('住建群只有本单位的；团工委没有变化也没有将到期的，一条也没有', async () => {
    const [text = ''] = digestsIn(await groupOf('unit:U09'));
    expect(text).toContain('18项｜');
    expect(text).toContain('红2');
    expect(text).not.toContain('公共事业');
    expect(digestsIn(await groupOf('unit:U27'))).toEqual([]);
  });

  test('分管领导的一份只有分管的，与同一刻的台账一个数也不差', async () => {
    const [text = '', ...more] = personalDigests('王海峰');
    expect(more).toEqual([]);
    await it.person('王海峰').says('台账');
    const line = /\d+项｜已办结[^\n]*/.exec(textOfCard(it.person('王海峰').lastCard()))?.[0] ?? '没有';
    expect(text).toContain(line);
    expect(personalDigests('郑国栋').length).toBeLessThanOrEqual(1);
  });

  test('各口的群各有一份：城建口只有王海峰分管的，数与他那一份一样；没有分管领导对得上的口不发', async () => {
    const [text = '', ...more] = digestsIn(await groupOf('field:城建口'));
    expect(more).toEqual([]);
    expect(text).toContain('城建口');
    const line = /\d+项｜已办结[^\n]*/;
    expect(line.exec(text)?.[0]).toBe(line.exec(personalDigests('王海峰')[0] ?? '')?.[0]);
    expect(digestsIn(await groupOf('field:经济口')).length).toBeLessThanOrEqual(1);
  });

  test('“简报”随时可问，“查看台账”单独发给点的人', async () => {
    await it.person('丁一凡').says('简报');
    expect(textOfCard(it.person('丁一凡').lastCard())).toContain('住房和建设局');
    await it.person('林晓').says('简报 截至8月31日');
    const past = textOfCard(it.person('林晓').lastCard());
    expect(past).toContain('截至8月31日（周一）23:59');
    const line = /\d+项｜已办结[^\n]*/;
    await it.person('林晓').says('台账 截至8月31日');
    expect(line.exec(past)?.[0]).toBe(line.exec(textOfCard(it.person('林晓').lastCard()))?.[0]);
    expect(past).not.toContain('已办结98');
    await it.person('林晓').says('简报');
    expect(await it.person('林晓').clicks('查看台账')).toMatchObject({ toast: { content: '台账已单独发给您' } });
    expect(textOfCard(it.person('林晓').lastCard())).toContain('254项｜已办结98');
    await it.person('丁一凡').says('简报 南屿');
    expect(textOfCard(it.person('丁一凡').lastCard())).toContain('您无权查看这个单位的台账');
  });

  test('任何时刻、任何一部分：简报的数就是台账的数，各单位之和就是总数', async () => {
    const days = fc.integer({ min: 0, max: 110 });
    await fc.assert(
      fc.asyncProperty(days, fc.array(fc.integer({ min: 1, max: 31 }), { minLength: 1 }), (ago, numbers) =>
        withTransaction(it.app.database, async (tx) => {
          const ctx = { tx, now: it.clock.now() };
          const at = new Date(instantAt('2026-09-22', '12:00').getTime() - ago * 86_400_000);
          const units = numbers.map((number) => `U${String(number).padStart(2, '0')}`);
          const day = await readDay(ctx, at);
          const chosen = digestOf(day, ({ leadUnit }) => units.includes(leadUnit)).totals;
          const entries = await readEntries(ctx, { year: 2026, at, leadUnits: units });
          expect(chosen).toEqual(totalsOf(entries, day.day));
          const whole = digestOf(day, () => true).totals;
          const parts = [...new Set(day.now.map(({ leadUnit }) => leadUnit))].map(
            (unit) => digestOf(day, ({ leadUnit }) => leadUnit === unit).totals,
          );
          for (const key of Object.keys(whole) as (keyof typeof whole)[]) {
            expect([key, parts.reduce((sum, part) => sum + part[key], 0)]).toEqual([key, whole[key]]);
          }
        }),
      ),
      { numRuns: 12 },
    );
  });
});

describe('九月的通报月报', () => {
  const files = (openIdOrChat: string) =>
    it.world.store.messagesOf(openIdOrChat).filter(({ msgType, sender }) => sender.kind === 'bot' && msgType === 'file');
  const wordsOf = (content: string): string => {
    const { file_key: key } = JSON.parse(content) as { file_key: string };
    const xml = strFromU8(unzipSync(it.world.store.fileBytes(key) ?? new Uint8Array())['word/document.xml'] ?? new Uint8Array());
    return xml.replace(/<[^>]+>/g, '');
  };

  test('反馈日25日放假，提前到24日；28日9:40起草，只发督查室', async () => {
    await it.skipTo('2026-09-24 09:45');
    await it.skipTo('2026-09-28 09:40');
    const text = textOfCard(it.person('林晓').lastCard());
    expect(text).toContain('草稿，未发布');
    expect(text).toContain('反馈日9月24日（周四）');
    expect(digestsIn(await groupOf('district'))).toHaveLength(1);
    expect(JSON.stringify(it.group(await groupOf('district')).messages())).not.toContain('督办情况');
    const draft = wordsOf(files(it.world.store.directChat(it.person('林晓').person.openId).chatId).at(-1)?.content ?? '{}');
    expect(draft).toContain('滨湾新区2026年9月重点工作督办情况通报');
    expect(draft).toContain('（由督查室填写）');
    expect(draft).toContain('办结92/100（92.00%）');
    const { rows: units } = await it.app.database.pool.query<{ code: string; name: string }>('SELECT code, name FROM "Unit"');
    const figures = (await withTransaction(it.app.database, (tx) => findBulletin(tx, { month: '2026-09' })))?.figures;
    const moved = (figures?.rows ?? []).filter(({ rank, previousRank }) => rank !== null && previousRank !== null && rank !== previousRank);
    expect(moved.length).toBeGreaterThan(0);
    for (const { unitCode, rank, previousRank } of moved) {
      const by = (previousRank ?? 0) - (rank ?? 0);
      expect(draft).toContain(`${rank}${by > 0 ? '升' : '降'}${Math.abs(by)}${units.find(({ code }) => code === unitCode)?.name ?? '没有'}`);
    }
    expect(draft).not.toContain('0/0（0.00%）');
  });

  test('每个率都有分子分母；各单位之和等于总数；应办结不足三项的列出而不排', async () => {
    const bulletin = await withTransaction(it.app.database, (tx) => findBulletin(tx, { month: '2026-09' }));
    const { figures } = bulletin ?? {};
    expect(figures?.previousDay).toBe('2026-08-26');
    for (const key of ['total', 'completed', 'due', 'dueCompleted', 'onTime', 'red', 'yellow'] as const) {
      expect([key, figures?.rows.reduce((sum, { totals }) => sum + totals[key], 0)]).toEqual([key, figures?.totals[key]]);
    }
    const unranked = figures?.rows.filter(({ totals }) => totals.due < 3) ?? [];
    expect(unranked.length).toBeGreaterThan(5);
    expect(unranked.every(({ rank }) => rank === null)).toBe(true);
    const ranked = figures?.rows.filter(({ rank }) => rank !== null) ?? [];
    for (const left of ranked) {
      const better = ranked.filter((right) => right.totals.onTime * left.totals.due > left.totals.onTime * right.totals.due).length;
      expect([left.unitCode, left.rank]).toEqual([left.unitCode, better + 1]);
    }
    expect(figures?.feedbackDue).toBeGreaterThan(figures?.feedbackInTime ?? 0);
  });

  test('督查员写亮点、不能发布；周启明发布之后才到全区群；不能再发、再改', async () => {
    const lin = it.person('林晓');
    expect(await lin.clicks('保存亮点', { form: { highlights: '葵岭办事处提前完成签约。' } })).toMatchObject({
      toast: { content: '已保存，新的草稿随后发来' },
    });
    expect(await lin.clicks('发布通报')).toMatchObject({ toast: { content: '您无权发布通报月报，请联系督查室主任' } });
    const zhou = it.person('周启明');
    expect(await zhou.clicks('发布通报')).toMatchObject({ toast: { content: '已发布，发往全区工作群' } });
    const district = it.group(await groupOf('district'));
    const published = wordsOf(files(district.chatId).at(-1)?.content ?? '{}');
    expect(published).toContain('葵岭办事处提前完成签约。');
    expect(published).not.toContain('草稿');
    expect(textOfCard(cardOf(district.messages().findLast(({ msgType }) => msgType === 'interactive') ?? ({} as never), ''))).toContain('已发布');
    await zhou.says('通报');
    expect(textOfCard(zhou.lastCard())).toContain('周启明');
    expect(textOfCard(zhou.lastCard())).not.toContain('发布通报');
  });
});

describe('周调度、季度通报、年度通报：同一套数，问了才起草', () => {
  const lastFile = (name: string) => {
    const message = it.world.store
      .messagesOf(it.world.store.directChat(it.person(name).person.openId).chatId)
      .findLast(({ msgType, sender }) => sender.kind === 'bot' && msgType === 'file');
    const { file_key: key = '' } = JSON.parse(message?.content ?? '{}') as { file_key?: string };
    const bytes = it.world.store.fileBytes(key) ?? new Uint8Array();
    const xml = strFromU8(unzipSync(bytes)['word/document.xml'] ?? new Uint8Array());
    return { name: it.world.store.file(key)?.name, words: xml.replace(/<[^>]+>/g, '') };
  };

  test('周调度：本周的变化和下周日以前到期的；只发给问的人，数与台账相同', async () => {
    const [lin, he] = [it.person('林晓'), it.person('何俊')];
    const others = he.cards().length;
    await lin.says('周调度');
    expect(textOfCard(lin.lastCard())).toContain('2026年9月28日至10月4日重点工作周调度表');
    const { name, words } = lastFile('林晓');
    expect(name).toBe('滨湾新区2026年9月28日至10月4日重点工作周调度表（草稿）.docx');
    expect(words).toContain('下周日以前到期的事项');
    await lin.says('台账 本周到期');
    const due = textOfCard(lin.lastCard()).match(/[党管]-\d{3}/g) ?? [];
    expect(due.length).toBeGreaterThan(0);
    for (const code of due) expect(words).toContain(code);
    expect(he.cards()).toHaveLength(others);
    const line = /\d+项｜已办结[^\n]*/;
    await lin.says('台账');
    const ledger = line.exec(textOfCard(lin.lastCard()))?.[0];
    await lin.says('周调度');
    expect(line.exec(textOfCard(lin.lastCard()))?.[0]).toBe(ledger);
  });

  test('季度、年度各起一份；督查员不能发布，周启明发布后到全区群；单位的人不能起草', async () => {
    await it.person('林晓').says('年度通报');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('2026年度通报');
    await it.person('林晓').says('季度通报');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('2026年第三季度通报');
    expect(lastFile('林晓').words).toContain('滨湾新区2026年第三季度重点工作督办情况通报');
    const zhou = it.person('周启明');
    await zhou.says('季度通报');
    expect(await zhou.clicks('发布通报', { card: '第三季度' })).toMatchObject({ toast: { content: '已发布，发往全区工作群' } });
    const district = it.group(await groupOf('district'));
    expect(textOfCard(cardOf(district.messages().findLast(({ msgType }) => msgType === 'interactive') ?? ({} as never), ''))).toContain(
      '2026年第三季度通报',
    );
    await it.person('丁一凡').says('季度通报');
    expect(textOfCard(it.person('丁一凡').lastCard())).toContain('您无权编写通报月报');
    // 月报的“上期”仍是上一份月报。
    const former = await withTransaction(it.app.database, (tx) => findFormerBulletin(tx, instantAt('2026-12-01')));
    expect(former?.at).toEqual(instantAt('2026-09-28', '09:40'));
  });
});

describe('减负与投诉建议', () => {
  test('意见直接转督查室主任，提的人知道已转；未登记的人知道找谁', async () => {
    const ding = it.person('丁一凡');
    await ding.says('投诉建议');
    expect(await ding.clicks('提交意见', { form: { words: '同一项工作一周报了三次' } })).toMatchObject({ toast: { content: '已转督查室主任' } });
    const received = textOfCard(it.person('周启明').lastCard());
    expect(received).toContain('同一项工作一周报了三次');
    expect(received).toContain('丁一凡');
    await ding.says('帮助');
    expect(textOfCard(ding.lastCard())).toContain('投诉建议');
  });

  test('近七天各单位收到多少、填报几次：按单位合计，没有人名；别人看不到', async () => {
    await it.person('周启明').says('减负');
    const text = textOfCard(it.person('周启明').lastCard());
    expect(text).toContain('填报：21次，其中一点“本期无变化”的0次');
    // 21次今天的反馈没有指标，每次要填百分比和进展两格。
    expect(text).toContain('一共要填42格');
    expect(text).toMatch(/重复要求：同一事项一周内再次提醒的\d+次/);
    expect(text).toMatch(/自动消息：发给\d+人共\d+条，人均[\d.]+条；发到单位群\d+条/);
    expect(text).toContain('没有人一天收到过两条以上的提醒和简报');
    for (const name of ['丁一凡', '马骁', '林晓']) expect(JSON.stringify(it.person('周启明').lastCard())).not.toContain(name);
    await it.person('林晓').says('减负');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('您无权查看减负情况');
  });
});

describe('减负的规矩（domain B9）', () => {
  test('位次只看办得成不成：报得早、报得勤、一次没报，各单位的位次都不变', async () => {
    await withTransaction(it.app.database, async (tx) => {
      const ctx = { tx, now: it.clock.now() };
      const [at, previousAt] = [instantAt('2026-09-28', '09:40'), instantAt('2026-08-26', '09:40')];
      const [entries, previous] = [await readEntries(ctx, { year: 2026, at }), await readEntries(ctx, { year: 2026, at: previousAt })];
      const calendar = await loadCalendar(tx);
      const unitCodes = [...new Set(entries.map(({ leadUnit }) => leadUnit))];
      const ranksWith = (reports: ReadonlyMap<string, readonly Date[]>) =>
        bulletinFigures(calendar, { month: '2026-09', at, previousAt, entries, previous, reports, unitCodes, approvedExtensions: 0 }).rows.map(
          ({ unitCode, rank }) => [unitCode, rank],
        );
      const ranks = ranksWith(new Map());
      expect(ranks.filter(([, rank]) => rank !== null).length).toBeGreaterThan(5);
      const anyReports = fc.dictionary(
        fc.constantFrom(...entries.map(({ id }) => id)),
        fc.array(fc.date({ min: previousAt, max: at, noInvalidDate: true }), { maxLength: 9 }),
      );
      fc.assert(
        fc.property(anyReports, (reports) => {
          expect(ranksWith(new Map(Object.entries(reports)))).toEqual(ranks);
        }),
        { numRuns: 30 },
      );
    });
  });

  test('每种角色的帮助里都有投诉建议', async () => {
    const { rows } = await it.app.database.pool.query<{ role: string; name: string }>(
      `SELECT DISTINCT ON (post.role) post.role, p.name FROM "Post" post JOIN "PostHolding" h ON h."postId" = post.id JOIN "Person" p ON p.id = h."personId"
       WHERE p."openId" IS NOT NULL AND h."toOn" IS NULL ORDER BY post.role, post.position`,
    );
    const known = rows.filter(({ name }) => it.world.store.people().some((person) => person.name === name));
    expect(known.length).toBeGreaterThan(6);
    for (const { role, name } of known) {
      await it.person(name).says('帮助');
      expect([role, textOfCard(it.person(name).lastCard())]).toEqual([role, expect.stringContaining('投诉建议')]);
    }
  });
});

test('督办令过了回复时限没有回复，亮红灯并写明；在时限之内不算', async () => {
  const reasonsAt = async (at: string): Promise<string[]> => {
    const instant = instantAt(at.slice(0, 10), at.slice(11));
    const entries = await withTransaction(it.app.database, (tx) => readEntries({ tx, now: it.clock.now() }, { year: 2026, at: instant }));
    return entries.find(({ code }) => code === '党-031')?.reasons.map(({ kind }) => kind) ?? [];
  };
  await it.skipTo('2026-09-29 10:00');
  expect(await reasonsAt('2026-09-28 17:59')).not.toContain('orderUnanswered');
  expect(await reasonsAt('2026-09-28 18:01')).toContain('orderUnanswered');
});

test('10月10日周六上班，照发；11日周日不发', async () => {
  const name = await groupOf('district');
  const before = digestsIn(name).length;
  // 王海峰当天已收满两次自动消息：个人的一份不再发，群里的照发。
  await asSystem(it.app, instantAt('2026-10-10', '09:05'), ({ outbox }) => {
    for (const nth of ['full-1', 'full-2']) {
      const card = noticeCard({ title: nth, text: '自动消息', tone: 'info' });
      outbox.sendCard({ to: { person: it.person('王海峰').person.openId }, cardKey: nth, card, dedupeKey: nth, priority: 'reminder' });
    }
    return Promise.resolve();
  });
  const personal = personalDigests('王海峰').length;
  await it.skipTo('2026-10-10 17:40');
  await it.moveTo('2026-10-10 17:50');
  expect(digestsIn(name)).toHaveLength(before + 1);
  expect(personalDigests('王海峰')).toHaveLength(personal);
  await it.skipTo('2026-10-11 17:40');
  await it.moveTo('2026-10-11 17:50');
  expect(digestsIn(name)).toHaveLength(before + 1);
});

test('替王海峰代办的郑国栋：一天只收一份简报，自己分管的和代办的合在一起', async () => {
  const idOf = async (name: string): Promise<string> =>
    (await it.app.database.pool.query<{ id: string }>('SELECT id FROM "Person" WHERE name = $1', [name])).rows[0]?.id ?? '';
  await it.app.database.pool.query(
    `INSERT INTO "Delegation" (id, "personId", "delegateId", "fromOn", "toOn") VALUES ('for-wang', $1, $2, '2026-10-12', '2026-10-12')`,
    [await idOf('王海峰'), await idOf('郑国栋')],
  );
  const [own, before] = [personalDigests('王海峰').length, personalDigests('郑国栋').length];
  await it.skipTo('2026-10-12 17:40');
  await it.moveTo('2026-10-12 17:50');
  expect(personalDigests('王海峰')).toHaveLength(own + 1);
  expect(personalDigests('郑国栋')).toHaveLength(before + 1);
  expect(personalDigests('郑国栋').some((text) => text.includes('郑国栋、王海峰分管领域'))).toBe(true);
  await it.person('郑国栋').says('简报');
  expect(textOfCard(it.person('郑国栋').lastCard())).toContain('郑国栋、王海峰分管领域');
});

test('停机错过了17:40：当晚18:20起来就补一份，只一份；21:30才起来的不补，第二天也不补', async () => {
  const district = await groupOf('district');
  const before = digestsIn(district).length;
  await it.skipTo('2026-10-13 18:20');
  await it.moveTo('2026-10-13 18:40');
  const late = digestsIn(district);
  expect(late).toHaveLength(before + 1);
  await it.skipTo('2026-10-14 21:30');
  await it.moveTo('2026-10-15 09:00');
  expect(digestsIn(district)).toEqual(late);
  // 不是没有什么可说：照常的那一天就有。
  await it.moveTo('2026-10-15 17:50');
  expect(digestsIn(district)).toHaveLength(before + 2);
});

test('月底放长假，起草日落在下个月：照样起草那个月的；平常的月份到了起草日才起草', () => {
  const days = Array.from({ length: 8 }, (_, nth) => addDays('2028-01-25', nth));
  const exceptions = new Map(days.map((day) => [day, { kind: 'off', name: '春节' }] as const));
  const calendar = { exceptions, knownYears: new Set([2028]) } as unknown as Calendar;
  expect(['2028-01-24', '2028-02-01', '2028-02-02', '2028-02-24', '2028-02-28'].map((day) => monthToDraft(calendar, day))).toEqual([
    null,
    null,
    '2028-01',
    '2028-01',
    '2028-02',
  ]);
  expect(['2028-03-01', '2028-03-24', '2028-03-27'].map((day) => monthToDraft(calendar, day))).toEqual([null, null, '2028-03']);
});

test('25日当天宣布停工，反馈日顺延到下一个工作日：通报再等一天才起草，不赶在反馈之前', () => {
  const storm = [['2028-02-25', { kind: 'off', name: '台风停工', local: true, since: '2028-02-25' }]] as const;
  const calendar: Calendar = { exceptions: new Map(storm), knownYears: new Set([2028]) };
  // 2月25日是周五：顺延到28日（周一），29日起草。
  expect(['2028-02-25', '2028-02-28', '2028-02-29'].map((day) => monthToDraft(calendar, day))).toEqual([null, null, '2028-02']);
});

test('过了月底才来发布：发“通报”得到的是上月没有发布的那一份；发布了，再问就说本月的哪天起草', async () => {
  await it.skipTo('2026-10-26 09:45');
  await it.skipTo('2026-11-03 10:00');
  const zhou = it.person('周启明');
  await zhou.says('通报');
  expect(textOfCard(zhou.lastCard())).toContain('重点工作督办情况2026年10月通报');
  expect(await zhou.clicks('发布通报')).toMatchObject({ toast: { content: '已发布，发往全区工作群' } });
  await zhou.says('通报');
  expect(textOfCard(zhou.lastCard())).toContain('本月的通报还没有起草；11月26日9:40自动起草');
});
