import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { withTransaction } from '#db/transaction';
import { readEntries } from '#domain/ledger/entries';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks, trailOf } from './given-books.ts';
import { expectPowerless, keepButton } from './old-button.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.skipTo('2026-06-02 15:00');
  await it.person('许蓉').clicks('签收');
}, 120_000);
afterAll(() => it.close());

const three = {
  ...{ title1: '第一批直达兑付', due1: '2026-08-28', weight1: '30', person1: '梁月明　综合规划科科长' },
  ...{ title2: '第二批直达兑付', due2: '2026-10-30', weight2: '30', person2: '周立新　投资科科长' },
  ...{ title3: '第三批直达兑付', due3: '2026-12-31', weight3: '40', person3: '周立新　投资科科长' },
};

describe('S2：许蓉把管-003分解为三个子任务', () => {
  test('时限晚于上级的不收：子任务时限不得晚于上级事项2026-12-18；权重合计须为100', async () => {
    const xu = it.person('许蓉');
    await xu.says('管-003');
    await xu.clicks('分解');
    expect(await xu.clicks('提交分解', { form: three })).toMatchObject({ toast: { content: '子任务时限不得晚于上级事项2026-12-18' } });
    const uneven = { ...three, due3: '2026-12-18', weight3: '50' };
    expect(await xu.clicks('提交分解', { form: uneven })).toMatchObject({
      toast: { content: '各子任务的权重合计应为100，现在是110；也可以全部不填（平均）' },
    });
    expect(await inDatabase(it, (db) => db.workItem.count({ where: { kind: 'subTask' } }))).toBe(0);
  });

  test('改为12月18日收下，权重30/30/40；责任人各收一张卡片，两项的也只一张', async () => {
    const xu = it.person('许蓉');
    const before = it.person('周立新').cards().length;
    expect(await xu.clicks('提交分解', { form: { ...three, due3: '2026-12-18' } })).toMatchObject({ toast: { content: '已分解为3个子任务' } });
    const parts = await inDatabase(it, (db) => db.workItem.findMany({ where: { kind: 'subTask' }, orderBy: { position: 'asc' } }));
    expect(parts.map(({ code, dueOn, weight, status, leadUnit }) => [code, dueOn, weight, status, leadUnit])).toEqual([
      ['管-003-1', '2026-08-28', 30, 'inProgress', 'U05'],
      ['管-003-2', '2026-10-30', 30, 'inProgress', 'U05'],
      ['管-003-3', '2026-12-18', 40, 'inProgress', 'U05'],
    ]);
    const cards = it.person('周立新').cards();
    expect(cards).toHaveLength(before + 1);
    expect(JSON.stringify(cards.at(-1))).toContain('管-003-3');
    expect(JSON.stringify(cards.at(-1))).not.toContain('管-003-1');
    expect(await trailOf(it, '管-003')).toContain('许蓉 breakDown →');
  });

  test('事项卡上看得见三个子任务；上级不再直接反馈', async () => {
    const xu = it.person('许蓉');
    await xu.says('管-003');
    const text = textOfCard(xu.lastCard());
    expect(text).toContain('管-003-2 第二批直达兑付');
    expect(JSON.stringify(xu.lastCard())).not.toContain('"content":"反馈"');
    await xu.says('管-003-2');
    expect(textOfCard(xu.lastCard())).toContain('第二批直达兑付');
  });

  test('子任务由自己的责任人反馈；采纳之后，上级进度是加权平均：30%×50=15%', async () => {
    const liang = it.person('梁月明');
    await liang.says('管-003-1');
    await liang.clicks('反馈');
    expect(await liang.clicks('提交反馈', { form: { percent: '50', content: '已兑付一半' } })).toMatchObject({ toast: { type: 'success' } });
    await it.person('孙柏林').clicks('审签');
    await it.person('林晓').clicks('采纳');
    expect([(await itemOf(it, '管-003-1')).percent, (await itemOf(it, '管-003')).percent]).toEqual([50, 15]);
  });

  test('不是联络员的人没有分解的按钮；时限不是工作日的提醒一句', async () => {
    const liang = it.person('梁月明');
    await liang.says('管-003');
    expect(JSON.stringify(liang.lastCard())).not.toContain('"content":"分解"');
    const xu = it.person('许蓉');
    await xu.says('管-003');
    await xu.clicks('分解');
    const more = { share1: '30', share2: '30', share3: '30', title1: '绩效自评', due1: '2026-10-04', weight1: '10' };
    expect(await xu.clicks('提交分解', { form: more })).toMatchObject({ toast: { content: '已分解为4个子任务' } });
    expect(textOfCard(xu.lastCard())).toContain('管-003-4的时限10月4日（周日）不是工作日，提醒按前一个工作日9月30日（周三）。');
  });
});

describe('责任人调整', () => {
  test('联络员在本单位内换责任人：新的收卡片，原来的得一句话，旧按钮、打字、发文件都不收；写进经过', async () => {
    const xu = it.person('许蓉');
    await it.person('梁月明').says('管-003-1');
    const old = keepButton(it, '梁月明', 'progress.open-form');
    await xu.says('管-003-1');
    await xu.clicks('调整责任人');
    expect(await xu.clicks('提交调整', { form: { responsible: '余锐　预算科科长' } })).toMatchObject({ toast: { content: '已调整责任人' } });
    expect(textOfCard(it.person('余锐').lastCard())).toContain('责任人已调整 管-003-1');
    expect(it.person('梁月明').texts().at(-1)).toBe('管-003-1的责任人已调整为余锐。');
    await xu.says('管-003-1');
    expect(textOfCard(xu.lastCard())).toContain('调整责任人：梁月明 → 余锐');
    await expectPowerless(it, old, '管-003-1');
    expect((await itemOf(it, '管-003-1')).percent).toBe(50);
  });
});

describe('中止、恢复、撤销', () => {
  test('主任写明依据中止，子任务一并停下；恢复时定新的时限，回到原来的状态', async () => {
    const zhou = it.person('周启明');
    await zhou.says('管-003');
    await zhou.clicks('中止');
    expect(await zhou.clicks('中止事项', { form: { basis: '区政府常务会议纪要第12期' } })).toMatchObject({
      toast: { content: '已中止，已通知承办单位' },
    });
    expect([(await itemOf(it, '管-003')).status, (await itemOf(it, '管-003-2')).status]).toEqual(['suspended', 'suspended']);
    expect(textOfCard(it.person('许蓉').lastCard())).toContain('区政府常务会议纪要第12期');
    await it.skipTo('2026-06-12 09:00');
    await zhou.says('管-003');
    await zhou.clicks('恢复');
    expect(JSON.stringify(zhou.lastCard())).toContain('"initial_date":"2026-12-30"');
    await zhou.clicks('恢复办理', { form: { dueOn: '2026-12-25', basis: '李文博批示' } });
    expect(await itemOf(it, '管-003')).toMatchObject({ status: 'inProgress', dueOn: '2026-12-25', originalDueOn: '2026-12-18' });
    expect((await itemOf(it, '管-003-2')).status).toBe('inProgress');
  });

  test('撤销一个子任务：上级进度按余下的重算；再撤一次说已撤销', async () => {
    const zhou = it.person('周启明');
    await zhou.says('管-003-3');
    await zhou.clicks('撤销');
    expect(await zhou.clicks('撤销事项', { form: { basis: '并入下一年' } })).toMatchObject({ toast: { content: '已撤销，已通知承办单位' } });
    expect((await itemOf(it, '管-003-3')).status).toBe('cancelled');
    expect((await itemOf(it, '管-003')).percent).toBe(21);
  });
});

describe('分解不改从前，也不留没人反馈的事项', () => {
  const cut = (days: string) => ({
    ...{ title1: '前期', due1: days, person1: '梁月明　综合规划科科长' },
    ...{ title2: '后期', due2: days, person2: '周立新　投资科科长' },
  });
  const lightAt = async (on: string, time: string) => {
    const entries = await withTransaction(it.app.database, (tx) => readEntries({ tx, now: it.clock.now() }, { year: 2026, at: instantAt(on, time) }));
    const { light, reasons } = entries.find(({ code }) => code === '管-004') ?? { light: null, reasons: [] };
    return [light, reasons.map(({ kind }) => kind)];
  };

  test('红灯的事项分解了，“截至”分解之前看仍是红灯：往日的灯不因后来分解而变', async () => {
    await it.skipTo('2026-07-06 10:00');
    expect(await lightAt('2026-07-06', '10:00')).toEqual(['red', expect.arrayContaining(['feedbackLate'])]);
    const before = await lightAt('2026-07-06', '10:00');
    await it.moveTo('2026-07-06 10:30');
    const xu = it.person('许蓉');
    await xu.says('管-004');
    await xu.clicks('分解');
    expect(await xu.clicks('提交分解', { form: cut((await itemOf(it, '管-004')).dueOn) })).toMatchObject({ toast: { content: '已分解为2个子任务' } });
    expect((await lightAt('2026-07-06', '10:30'))[1]).not.toContain('feedbackLate');
    await it.moveTo('2026-07-06 11:00');
    expect(await lightAt('2026-07-06', '10:00')).toEqual(before);
    await xu.says('管-004-1');
    expect(textOfCard(xu.lastCard())).toContain('许蓉立项');
  });

  test('子任务全撤了，事项由自己的责任人反馈：有按钮，到了反馈日照样提醒，没报照样红灯', async () => {
    // 过了这一期反馈开始的那天才撤：那天看过，事项当时由子任务反馈，下一次要看的时刻还远。
    await it.skipTo('2026-07-21 09:10');
    await it.moveTo('2026-07-22 10:00');
    const zhou = it.person('周启明');
    for (const code of ['管-004-1', '管-004-2']) {
      await zhou.says(code);
      await zhou.clicks('撤销');
      await zhou.clicks('撤销事项', { form: { basis: '并入整项办理' } });
    }
    const xu = it.person('许蓉');
    await xu.says('管-004');
    expect(JSON.stringify(xu.lastCard())).toContain('"content":"反馈"');
    await it.moveTo('2026-07-23 09:10');
    const { id } = await itemOf(it, '管-004');
    const reminded = await inDatabase(it, (db) => db.reminderSend.count({ where: { subjectId: id, kind: 'feedback', baseOn: '2026-07-24' } }));
    expect(reminded).toBe(1);
    await it.skipTo('2026-07-31 10:00');
    expect((await lightAt('2026-07-31', '10:00'))[1]).toContain('feedbackLate');
    // 撤销之前看，仍由子任务反馈。
    expect((await lightAt('2026-07-06', '10:45'))[1]).not.toContain('feedbackLate');
  });
});
