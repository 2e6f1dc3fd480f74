import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tx } from '#core/context';
import { instantAt, localDateOf } from '#core/dates';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { loadCalendar } from '#domain/calendar/store';
import { rehearse } from '#domain/deadlines/run';
import { reminderCheck } from '#features/reminders/checks';
import { type TestApp, textOfCard } from '../harness.ts';
import { notice2027 } from '../notices.ts';
import { startWithBooks } from './given-books.ts';

const instant = (text: string): Date => instantAt(text.slice(0, 10), text.slice(11));

// 走过几个月的每一格，机器忙时要一两分钟。
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
});
afterAll(() => it.close());

const inDatabase = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withTransaction(it.app.database, work);
const sendsOf = (code: string, kind = 'ladder'): Promise<string[]> =>
  inDatabase(async (tx) => {
    const item = await rows(tx).workItem.findFirstOrThrow({ where: { code } });
    const found = await rows(tx).reminderSend.findMany({ where: { subjectId: item.id, kind }, orderBy: { at: 'asc' } });
    return found.map(({ at, step }) => `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')} ${step}`);
  });
const automaticCards = (name: string, from: string): Promise<string[]> =>
  inDatabase(async (tx) => {
    const { id } = await rows(tx).person.findFirstOrThrow({ where: { name, openId: it.person(name).person.openId } });
    const found = await rows(tx).reminderCard.findMany({ where: { personId: id, auto: true, at: { gte: instant(from) } }, orderBy: { at: 'asc' } });
    return found.map(({ at }) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' '));
  });
let tenDays: string[] = [];
/** 一条提醒一行：哪天、哪项、哪步、给谁 */
const lineOf = (codes: ReadonlyMap<string, string>, at: Date, send: { subjectId: string; step: string; recipients: unknown }): string => {
  const names = (send.recipients as { name: string }[]).map(({ name }) => name);
  return [localDateOf(at), codes.get(send.subjectId) ?? send.subjectId, send.step, names.join()].join(' ');
};
const codesOf = async (tx: Tx) => new Map((await rows(tx).workItem.findMany({ select: { id: true, code: true } })).map(({ id, code }) => [id, code]));
const rehearsed = (now: string, days: number): Promise<string[]> =>
  inDatabase(async (tx) => {
    const codes = await codesOf(tx);
    const runs = await rehearse(tx, await loadCalendar(tx), { now: instant(now), days });
    return runs.flatMap(({ at, sendings }) => sendings.map((send) => lineOf(codes, at, send))).sort();
  });
const sentBetween = (from: string, to: string): Promise<string[]> =>
  inDatabase(async (tx) => {
    const codes = await codesOf(tx);
    const found = await rows(tx).reminderSend.findMany({ where: { at: { gt: instant(from), lte: instant(to) }, kind: { not: 'manual' } } });
    return found.map((send) => lineOf(codes, send.at, send)).sort();
  });

describe('S2：签收提醒', () => {
  test('6月2日09:05：没签收的三个单位各收到一张，签了的一张也没有', async () => {
    const late = ['U22', 'U27', 'U28'];
    const { books, liaisons } = await inDatabase(async (tx) => ({
      books: await rows(tx).taskBook.findMany(),
      liaisons: await rows(tx).post.findMany({ where: { role: 'liaison', backup: false }, include: { holdings: { include: { person: true } } } }),
    }));
    for (const { unitCode } of books.filter((book) => !late.includes(book.unitCode))) {
      const liaison = liaisons.find((post) => post.unitCode === unitCode)?.holdings[0]?.person;
      const person = it.world.store.people().find(({ openId }) => openId === liaison?.openId);
      const chat = it.world.store
        .messagesOf(it.world.store.directChat(person?.openId ?? '').chatId)
        .find(({ content }) => content.includes('"content":"签收"'));
      await it.acts.clicks(person?.openId ?? '', chat?.messageId ?? '', { button: '签收' });
    }
    await it.settled();
    for (const day of ['2026-06-01', '2026-06-02']) await it.skipTo(`${day} 09:05`);
    const cards = it.world.store
      .chats()
      .flatMap(({ chatId }) => it.world.store.messagesOf(chatId))
      .filter(({ content }) => content.includes('签收提醒') && content.includes('签收时限6月2日(周二)18:00'));
    expect(cards).toHaveLength(3);
    for (const name of ['梁天佑', '许景行', '曾月明']) expect(textOfCard(it.person(name).lastCard())).toContain('签收提醒');
    await it.person('林晓').says('签收情况');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('已签收28/31，待签收：土地整备事务中心、团工委、投资控股公司');
    expect(await it.person('梁天佑').clicks('签收')).toMatchObject({ toast: { content: '已签收' } });
  });
});

describe('S3：反馈日前三个工作日', () => {
  // 只留两个单位在办：平台每秒只收几十张卡，全区的要发很久。
  beforeAll(async () => {
    await inDatabase((tx) => rows(tx).workItem.updateMany({ where: { leadUnit: { notIn: ['U09', 'U31'] } }, data: { status: 'suspended' } }));
  });

  test('6月22日09:05发给方伟和曾小雨，表单里填好上次的209', async () => {
    await it.skipTo('2026-06-18 10:00');
    const fang = it.person('方伟');
    await fang.says('我的任务');
    await fang.clicks('反馈', { card: '渔排清退' });
    await fang.clicks('提交反馈', { form: { metric1: '209', percent: '95', content: '累计签约209户' } });
    await it.person('梁海生').clicks('审签');
    await it.person('林晓').clicks('采纳');
    await it.skipTo('2026-06-22 09:04');
    expect(textOfCard(fang.lastCard())).not.toContain('反馈提醒');
    await it.moveTo('2026-06-22 09:05');
    expect(await sendsOf('管-063', 'feedback')).toEqual(['2026-06-22 09:05 F']);
    for (const name of ['方伟', '曾小雨']) expect(textOfCard(it.person(name).lastCard())).toContain('本期反馈请在6月25日(周四)前提交');
    await fang.clicks('反馈', { card: '本期反馈请在' });
    expect(JSON.stringify(fang.lastCard())).toContain('"default_value":"209"');
  });
});

describe('S4、S5：跨假期的提醒和催办', () => {
  test('党-031：预告、到期、催办、二次催办各在哪天，发给谁', async () => {
    await it.skipTo('2026-09-04 20:00');
    await it.person('林晓').says('预演');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('今后10个工作日');
    // 表上写的分管领导是主要领导的（全区21项），二次催办一样抄送他，别的主要领导不收。
    const leadBy = (leaderInCharge: string) =>
      inDatabase((tx) => rows(tx).workItem.updateMany({ where: { code: '党-031' }, data: { leaderInCharge } }));
    await leadBy('陈建业');
    const second = (await rehearsed('2026-09-04 20:00', 12)).find((line) => line.includes(' 党-031 T+3 '));
    expect(second?.split(' ').at(-1)).toBe('马骁,丁一凡,邓一鸣,罗志远,陈建业');
    await leadBy('王海峰');
    tenDays = await rehearsed('2026-09-04 20:00', 10);
    await it.moveTo('2026-09-20 09:05');
    const sends = await sendsOf('党-031');
    expect(sends.slice(-6)).toEqual([
      '2026-09-07 09:05 T-7',
      '2026-09-11 09:05 T-3',
      '2026-09-15 09:05 T-1',
      '2026-09-16 09:05 T',
      '2026-09-17 09:05 T+1',
      '2026-09-20 09:05 T+3',
    ]);
    const told = await inDatabase(async (tx) => {
      const item = await rows(tx).workItem.findFirstOrThrow({ where: { code: '党-031' } });
      const found = await rows(tx).reminderSend.findMany({ where: { subjectId: item.id, level: { in: ['L2', 'L3'] } }, orderBy: { at: 'asc' } });
      return found.map(({ recipients }) =>
        (recipients as { name: string; copy: boolean }[]).map(({ name, copy }) => `${name}${copy ? '(抄送)' : ''}`),
      );
    });
    expect(told).toEqual([
      ['马骁', '丁一凡', '邓一鸣'],
      ['马骁', '丁一凡', '邓一鸣', '罗志远', '王海峰(抄送)'],
    ]);
    expect(textOfCard(it.person('罗志远').lastCard())).toContain('催办通知');
    expect(textOfCard(it.person('王海峰').lastCard())).toContain('催办通知（抄送）');
    // 二次催办另有一份不编文号的通知：要的人一按就得，不另发。
    const luo = it.person('罗志远');
    expect(await luo.clicks('通知文件')).toMatchObject({ toast: { content: '催办通知随后发来' } });
    const file = it.world.store.messagesOf(it.world.store.directChat(luo.person.openId).chatId).findLast(({ msgType }) => msgType === 'file');
    const { file_key: key } = JSON.parse(file?.content ?? '{}') as { file_key: string };
    expect(it.world.store.file(key)?.name).toBe('催办通知-住房和建设局-党-031.docx');
    const paper = strFromU8(unzipSync(it.world.store.fileBytes(key) ?? new Uint8Array())['word/document.xml'] ?? new Uint8Array());
    const said = paper.replace(/<[^>]+>/g, '');
    for (const part of ['住房和建设局：', '已逾期3个工作日', '9月17日（周四）09:05 催办：马骁、丁一凡、邓一鸣', '王海峰（抄送）'])
      expect(said).toContain(part);
    const early = await inDatabase(async (tx) => {
      const item = await rows(tx).workItem.findFirstOrThrow({ where: { code: '党-031' } });
      const found = await rows(tx).reminderSend.findMany({ where: { subjectId: item.id, level: { in: ['L0', 'L1'] } } });
      return new Set(found.flatMap(({ recipients }) => (recipients as { name: string }[]).map(({ name }) => name)));
    });
    expect(early).toEqual(new Set(['马骁', '丁一凡']));
  });

  test('预演的十个工作日，与后来真发的一条不差', async () => {
    const sent = await sentBetween('2026-09-04 20:00', '2026-09-18 23:59');
    expect(sent.length).toBeGreaterThan(20);
    expect(new Set(sent.map((line) => line.slice(0, 10))).size).toBeGreaterThan(4);
    expect(sent).toEqual(tenDays);
  });

  test('只回“收到”：记下，但未停表；三样齐全并采纳了才停', async () => {
    const ding = it.person('丁一凡');
    await ding.says('收到');
    expect(textOfCard(ding.lastCard())).toContain('未停表:请补充原因、措施、完成日期');
    await ding.clicks('回复', { card: '老旧小区改造', within: '老旧小区改造' });
    expect(await ding.clicks('提交回复', { form: { cause: '管线迁改未批' } })).toMatchObject({
      toast: { content: '未停表:请补充原因、措施、完成日期' },
    });
    await ding.clicks('重新回复');
    const whole = { cause: '管线迁改未批', measure: '增加两个班组', promisedOn: '2026-11-13' };
    expect(await ding.clicks('提交回复', { form: whole })).toMatchObject({ toast: { content: '已提交，待督查室采纳' } });
    expect(await it.person('林晓').clicks('采纳', { card: '催办回复' })).toMatchObject({ toast: { content: '已采纳，已停表' } });
    expect(
      ding
        .cards()
        .map(textOfCard)
        .findLast((text) => text.includes('管线迁改未批')),
    ).toContain('已停表');
    const item = await inDatabase((tx) => rows(tx).workItem.findFirstOrThrow({ where: { code: '党-031' } }));
    expect([item.dueOn, item.originalDueOn]).toEqual(['2026-09-16', '2026-09-16']);
  });

  test('有人回复、采纳之后再预演，也与后来真发的一条不差', async () => {
    await it.moveTo('2026-09-21 10:00');
    const planned = await rehearsed('2026-09-21 10:00', 3);
    await it.moveTo('2026-09-24 09:05');
    const sent = await sentBetween('2026-09-21 10:00', '2026-09-24 23:59');
    expect(sent.length).toBeGreaterThan(5);
    expect(sent).toEqual(planned);
  });

  test('到期预告就在卡片上答：反馈、申请办结、申请延期各一按，单子就地打开', async () => {
    const ma = it.person('马骁');
    const text = JSON.stringify(ma.lastCard());
    for (const button of ['反馈', '申请办结', '申请延期']) expect([button, text]).toEqual([button, expect.stringContaining(`"content":"${button}"`)]);
    const count = ma.cards().length;
    await ma.clicks('申请延期', { card: '到期预告', within: '松坳、渔灯城中村' });
    expect(ma.cards()).toHaveLength(count);
    expect(textOfCard(ma.lastCard())).toContain('申请延期 管-088');
  });

  test('马骁的五项：9月22日、29日各一张卡，假期里一张也没有；时钟往回拨，发过的不再发', async () => {
    const ma = it.person('马骁');
    await it.moveTo('2026-09-29 09:05');
    // F9：正在运行的程序，钟往回拨一小时、一天、三天，再拨回来：一条提醒、一条消息也不多。
    const sent = (): Promise<number> => inDatabase((tx) => rows(tx).reminderSend.count());
    const messages = (): number => it.world.store.chats().flatMap(({ chatId }) => it.world.store.messagesOf(chatId)).length;
    const before = [await sent(), messages()];
    for (const back of ['2026-09-29 08:05', '2026-09-28 09:05', '2026-09-26 09:05', '2026-09-29 09:06']) {
      it.clock.set(instant(back));
      await it.app.scheduler.tick();
      it.app.outbox.wake();
      await it.settled();
      expect([back, await sent(), messages()]).toEqual([back, ...before]);
    }
    const text = textOfCard(ma.lastCard());
    for (const code of ['管-062', '管-076', '管-088', '管-090', '管-137']) expect(text).toContain(code);
    expect(text).toContain('时限10月9日(周五)｜剩余3个工作日(含国庆假期)');
    // 丁一凡暂停：预告只给马骁；今天到期、催办照发给他。恢复之后都有。
    const ding = it.person('丁一凡');
    await ding.says('免打扰');
    expect(await ding.clicks('暂停', { form: { untilOn: '2026-12-31' } })).toMatchObject({
      toast: { content: '至多暂停14天；更久不在岗的，请用“委托”请人代办' },
    });
    expect(await ding.clicks('暂停', { form: { untilOn: '2026-10-10' } })).toMatchObject({ toast: { content: '已暂停' } });
    const told = async (step: string): Promise<string> =>
      (await rehearsed('2026-09-29 09:05', 5))
        .find((line) => line.includes(` 管-088 ${step} `))
        ?.split(' ')
        .at(-1) ?? '';
    expect([await told('T-1'), await told('T')]).toEqual(['马骁', '马骁,丁一凡']);
    await ding.clicks('恢复提醒');
    expect(await told('T-1')).toBe('马骁,丁一凡');
    // 不停机的话，此后各步在哪一天。
    const ahead = (await rehearsed('2026-09-29 09:05', 5)).filter((line) => line.includes(' 管-088 '));
    expect(ahead.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '2026-10-08 管-088 T-1',
      '2026-10-09 管-088 T',
      '2026-10-10 管-088 T+1',
    ]);
    await it.moveTo('2026-10-07 23:59');
    expect(await automaticCards('马骁', '2026-09-22 00:00')).toEqual(['2026-09-22 09:05', '2026-09-29 09:05']);
  });

  test('停机：10月8日0时到9日12时不在，12:00起来先不发，12:05只发到期的一张', async () => {
    await it.skipTo('2026-10-09 12:00');
    const red = await inDatabase((tx) => reminderCheck.run(tx, instant('2026-10-09 12:00')));
    expect(red.status).toBe('fail');
    expect(await automaticCards('马骁', '2026-10-01 00:00')).toEqual([]);
    await it.moveTo('2026-10-09 12:05');
    expect(await automaticCards('马骁', '2026-10-01 00:00')).toEqual(['2026-10-09 12:05']);
    const card = textOfCard(it.person('马骁').lastCard());
    expect(card).toContain('时限10月9日(周五)｜今天到期');
    expect(card).not.toContain('到期预告｜管-088');
    // 到期当天延期已过申请期限，说明情况。
    expect(JSON.stringify(it.person('马骁').lastCard())).toContain('"content":"说明情况"');
    expect((await inDatabase((tx) => reminderCheck.run(tx, instant('2026-10-09 12:30')))).status).toBe('pass');
    // 没发的有说法：并过去的各格、各步都记着，谁也不用猜。
    const passed = await inDatabase((tx) =>
      rows(tx).auditEntry.findMany({
        where: { event: 'passOver', subjectId: 'reminders.remind', at: { gte: instant('2026-10-08 00:00') } },
        orderBy: { seq: 'asc' },
      }),
    );
    expect(passed.map(({ detail }) => detail)).toEqual([
      expect.objectContaining({ slots: 4, first: '2026-10-08 09:05', last: '2026-10-08 18:05' }),
      expect.objectContaining({ slots: 1, first: '2026-10-09 09:05', last: '2026-10-09 09:05' }),
    ]);
    const [send] = await inDatabase(async (tx) => {
      const item = await rows(tx).workItem.findFirstOrThrow({ where: { code: '管-088' } });
      return rows(tx).reminderSend.findMany({ where: { subjectId: item.id, step: 'T' } });
    });
    expect(send?.known).toMatchObject({ passed: ['T-1'] });
  });

  test('调休上班的周六10月10日09:05催办，周日没有；五项在一张卡上', async () => {
    await it.moveTo('2026-10-11 23:00');
    expect(await automaticCards('马骁', '2026-10-10 00:00')).toEqual(['2026-10-10 09:05']);
    expect(await sendsOf('管-088')).toEqual(['2026-09-22 09:05 T-7', '2026-09-29 09:05 T-3', '2026-10-09 12:05 T', '2026-10-10 09:05 T+1']);
    const text = textOfCard(it.person('马骁').lastCard());
    expect(text).toContain('逾期待回复5项');
    expect(text).toContain('时限10月9日(周五)｜已逾期1个工作日(含调休)');
  });
});

describe('人工催办', () => {
  test('先看将发给谁，确认了才发；再点一次不再发；夜里留到下一个工作日09:05', async () => {
    await it.moveTo('2026-10-12 21:40');
    const lin = it.person('林晓');
    await lin.says('催办 管-063');
    expect(textOfCard(lin.lastCard())).toContain('将发送给2人，共1项');
    expect(textOfCard(lin.lastCard())).toContain('10月13日（周二）09:05');
    const before = it.person('方伟').cards().length;
    expect(await lin.clicks('发送催办')).toMatchObject({ toast: { content: '已发送给2人' } });
    expect(it.person('方伟').cards()).toHaveLength(before);
    await it.moveTo('2026-10-13 09:05');
    expect(textOfCard(it.person('方伟').cards())).toContain('林晓催办。');
    await it.person('方伟').says('催办 管-063');
    expect(textOfCard(it.person('方伟').lastCard())).toContain('您无权催办');
  });

  test('同一事项一天只提醒一次：当天提醒过的不再发，卡片上写明；都提醒过的不发', async () => {
    const lin = it.person('林晓');
    await lin.says('催办 管-063');
    expect(textOfCard(lin.lastCard())).toContain('同一事项一天只提醒一次，这些事项2026-10-13已提醒过');
    await lin.says('催办 管-063 党-031');
    expect(textOfCard(lin.lastCard())).toContain('管-063，当天另有提醒');
    expect(textOfCard(lin.lastCard())).toContain('共1项');
  });

  test('一个人十几项：一张卡片分页，翻页就地换', async () => {
    const lin = it.person('林晓');
    await lin.says('催办 住建局');
    await lin.clicks('发送催办');
    const ding = it.person('丁一凡');
    const count = ding.cards().length;
    const first = textOfCard(ding.lastCard());
    expect(first).toContain('（第1/2页）');
    await ding.clicks('下一页');
    expect(ding.cards()).toHaveLength(count);
    const second = textOfCard(ding.lastCard());
    expect(second).toContain('（第2/2页）');
    const codes = (text: string): string[] => [...new Set(text.match(/[党管]-\d{3}/g))];
    expect(codes(first)).toHaveLength(9);
    expect(codes(second).length).toBeGreaterThan(0);
    expect(codes(second).filter((code) => codes(first).includes(code))).toEqual([]);
  });

  test('按单位、只要逾期的；听不懂的词说出是哪个', async () => {
    await it.skipTo('2026-10-14 10:00');
    const lin = it.person('林晓');
    await lin.says('催办 住建局 逾期');
    expect(textOfCard(lin.lastCard())).toContain('住房和建设局、逾期');
    await lin.says('催办 住建局 红灯');
    expect(textOfCard(lin.lastCard())).toContain('住房和建设局、红灯');
    await lin.says('催办 住建局 管-063');
    expect(textOfCard(lin.lastCard())).toContain('编号和“住建局”不能一起写');
    await lin.says('催办 火星局');
    expect(textOfCard(lin.lastCard())).toContain('没听懂“火星局”');
  });
});

test('采纳了承诺日期的，从此按那一天提醒，时限不变', async () => {
  expect((await sendsOf('党-031')).at(-1)).toBe('2026-09-20 09:05 T+3');
  await it.skipTo('2026-11-03 20:00');
  await it.skipTo('2026-11-04 09:05');
  expect((await sendsOf('党-031')).at(-1)).toBe('2026-11-04 09:05 T-7');
  expect(textOfCard(it.person('马骁').lastCard())).toContain('承诺11月13日(周五)完成');
});

test('12月1日还没有2027年的放假安排：系统管理员收到一次警告，当月不再说', async () => {
  const year = await inDatabase(async (tx) => (await loadCalendar(tx)).knownYears.has(2027));
  expect(year).toBe(false);
  await it.skipTo('2026-11-30 20:00');
  expect(textOfCard(it.person('江岩').cards())).not.toContain('缺2027年放假安排');
  await it.skipTo('2026-12-01 09:05');
  expect(textOfCard(it.person('江岩').lastCard())).toContain('缺2027年放假安排');
  await it.skipTo('2026-12-02 09:05');
  const warned = it
    .person('江岩')
    .cards()
    .filter((card) => textOfCard(card).includes('缺2027年放假安排'));
  expect(warned).toHaveLength(1);
}, 60_000);

test('导入2027年放假安排之前，跨年的时限写明暂定；导入之后，提醒改到新的日子，暂定的字样没有了', async () => {
  const [he, lin] = [it.person('何俊'), it.person('林晓')];
  await inDatabase((tx) => rows(tx).workItem.updateMany({ where: { code: '管-090' }, data: { dueOn: '2027-01-05', originalDueOn: '2027-01-05' } }));
  const stepsAhead = async (): Promise<string[]> => {
    const lines = await rehearsed('2026-12-02 09:05', 26);
    return lines.filter((line) => line.includes(' 管-090 T')).map((line) => line.split(' ').slice(0, 3).join(' '));
  };
  // 法定的元旦一天已经按休息算；通知添的是调休。
  const early = ['2026-12-24 管-090 T-7', '2026-12-30 管-090 T-3', '2027-01-04 管-090 T-1', '2027-01-05 管-090 T'];
  expect((await stepsAhead()).slice(0, 4)).toEqual(early);
  await lin.says('管-090');
  expect(textOfCard(lin.lastCard())).toContain('2027年放假安排未公布，暂定');
  await he.says(notice2027.replace('1月1日（周五）至3日（周日）放假，共3天。', '1月1日（周五）至4日（周一）放假调休，共4天。1月9日（周六）上班。'));
  await he.clicks('确认导入');
  expect(textOfCard(he.lastCard())).toContain('提醒和反馈日按新的安排重算');
  const shifted = ['2026-12-23 管-090 T-7', '2026-12-29 管-090 T-3', '2026-12-31 管-090 T-1', '2027-01-05 管-090 T'];
  expect((await stepsAhead()).slice(0, 4)).toEqual(shifted);
  await lin.says('管-090');
  expect(textOfCard(lin.lastCard())).not.toContain('暂定');
  expect(textOfCard(lin.lastCard())).toContain('含元旦假期');
  await it.skipTo('2026-12-22 20:00');
  await it.skipTo('2026-12-23 09:05');
  expect((await sendsOf('管-090')).at(-1)).toBe('2026-12-23 09:05 T-7');
}, 60_000);
