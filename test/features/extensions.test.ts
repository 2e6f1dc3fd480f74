import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { localDateOf } from '#core/dates';
import { withTransaction } from '#db/transaction';
import { loadCalendar } from '#domain/calendar/store';
import { rehearse } from '#domain/deadlines/run';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, silenced, startWithBooks, trailOf } from './given-books.ts';
import { keepButton } from './old-button.ts';

// 机器忙时，一天的几格要走得久一点。
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

let it: TestApp;
/** 住建局另外几项同一天到期的 */
let late = '';
let undecided = '';
let refused = '';
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('丁一凡').clicks('签收');
  await inDatabase(it, async (db) => {
    const others = await db.workItem.findMany({ where: { leadUnit: 'U09', code: { not: '管-112' } }, orderBy: { dueOn: 'desc' }, take: 3 });
    [late = '', undecided = '', refused = ''] = others.map(({ code }) => code);
    const limit = { dueOn: '2026-11-30', originalDueOn: '2026-11-30' };
    await db.workItem.updateMany({ where: { code: { in: [late, undecided, refused] } }, data: { ...limit, leaderInCharge: '王海峰' } });
    await db.workItem.updateMany({ where: { code: '管-112' }, data: { percent: 72 } });
  });
  await it.skipTo('2026-11-25 10:00');
});
afterAll(() => it.close());

const wish = { requestedOn: '2026-12-18', reason: '地下管线迁改未批', progress: '主体已封顶' };
const ding = () => it.person('丁一凡');

async function opens(code: string, button = '申请延期'): Promise<string> {
  await ding().says(code);
  await ding().clicks(button);
  return textOfCard(ding().lastCard());
}
async function applies(code: string): Promise<void> {
  await opens(code);
  expect(await ding().clicks('提交申请', { form: wish })).toMatchObject({ toast: { content: '已申请延期，待单位审签' } });
}
const stepsSince = async (code: string, from: string): Promise<string[]> => {
  const { id } = await itemOf(it, code);
  const found = await inDatabase(it, (db) =>
    db.reminderSend.findMany({ where: { subjectId: id, kind: 'ladder', at: { gte: new Date(`${from}T00:00:00+08:00`) } }, orderBy: { at: 'asc' } }),
  );
  return found.map(({ at, step }) => `${localDateOf(at)} ${step}`);
};
/** 按现在的时限，今后还会在哪几天提醒它 */
const planOf = async (code: string): Promise<string[]> => {
  const { id } = await itemOf(it, code);
  const runs = await withTransaction(it.app.database, async (tx) => rehearse(tx, await loadCalendar(tx), { now: it.clock.now(), days: 16 }));
  return runs.flatMap(({ at, sendings }) =>
    sendings.filter((send) => send.subjectId === id && send.kind === 'ladder').map(({ step }) => `${localDateOf(at)} ${step}`),
  );
};

/** 某人手里最新的管-112延期申请 */
const cardOf = (name: string): string =>
  textOfCard(
    it
      .person(name)
      .cards()
      .findLast((card) => textOfCard(card).includes('延期申请 管-112')),
  );

describe('S6：管-112在最后一天申请延期', () => {
  test('11月25日10:00打开申请单：写明申请期限、现时限和审批的路；日期不对的说得清，什么都没写', async () => {
    const form = await opens('管-112');
    expect(form).toContain('11月25日(周三)，含当天');
    expect(form).toContain('时限\n11月30日(周一)｜剩余3个工作日');
    expect(form).toContain('由单位主要负责人审签、督查室初审、分管领导批准');
    await ding().says('延期 管-112');
    expect(textOfCard(ding().lastCard())).toBe(form);
    await ding().says('延期 管-999');
    expect(textOfCard(ding().lastCard())).toContain('2026年没有已下达的事项管-999，请核对编号');
    expect(await opens('管-112')).toBe(form);
    const early = { ...wish, requestedOn: '2026-11-30' };
    expect(await ding().clicks('提交申请', { form: early })).toMatchObject({ toast: { content: '新时限须晚于现时限2026-11-30，请重新选择' } });
    expect(await inDatabase(it, (db) => db.extensionRequest.count())).toBe(0);
  });

  test('提交、审签、初审：一步一步转给下一个人，事项上看得见“延期待批”', async () => {
    expect(await ding().clicks('提交申请', { form: wish })).toMatchObject({ toast: { content: '已申请延期，待单位审签' } });
    expect(textOfCard(ding().lastCard())).toContain('延期待批｜待单位主要负责人罗志远办理');
    await ding().says('管-112');
    expect(textOfCard(ding().lastCard())).toContain('延期待批');
    expect(JSON.stringify(ding().lastCard())).not.toContain('"content":"申请延期"');
    await it.skipTo('2026-11-25 11:00');
    expect(await it.person('罗志远').clicks('审签', { card: '延期申请 管-112' })).toMatchObject({ toast: { content: '已审签，转督查室初审' } });
    expect(cardOf('丁一凡')).toContain('延期待批｜待督查室办理');
    await it.skipTo('2026-11-25 14:00');
    expect(await it.person('何俊').clicks('初审通过')).toMatchObject({ toast: { content: '已初审，转分管领导批准' } });
    expect(cardOf('林晓')).toContain('待分管领导王海峰办理');
    expect((await itemOf(it, '管-112')).dueOn).toBe('2026-11-30');
  });

  test('11月27日09:40王海峰批准：没有日期不行；新旧时限并列，提醒照新的日子重排', async () => {
    await it.skipTo('2026-11-27 09:40');
    const wang = it.person('王海峰');
    expect(await wang.clicks('批准', { form: { approvedOn: '' } })).toMatchObject({ toast: { content: '请选择新时限，再点批准' } });
    expect(await wang.clicks('批准', { form: { approvedOn: '2026-11-30' } })).toMatchObject({
      toast: { content: '新时限须晚于现时限2026-11-30，请重新选择' },
    });
    expect(await wang.clicks('批准', { form: { approvedOn: '2026-12-18' } })).toMatchObject({ toast: { content: '已批准延期，已通知承办单位' } });
    expect(cardOf('王海峰')).toContain('新时限2026-12-18(原定2026-11-30)');
    for (const name of ['丁一凡', '罗志远'])
      expect([name, textOfCard(it.person(name).cards())]).toEqual([name, expect.stringContaining('新时限2026-12-18(原定2026-11-30)')]);
    const item = await itemOf(it, '管-112');
    expect([item.dueOn, item.originalDueOn]).toEqual(['2026-12-18', '2026-11-30']);
    expect((await planOf('管-112')).slice(0, 4)).toEqual(['2026-12-09 T-7', '2026-12-15 T-3', '2026-12-17 T-1', '2026-12-18 T']);
    expect((await trailOf(it, '管-112')).slice(-2)).toEqual(['丁一凡 requestExtension →submitted', '王海峰 extend 2026-11-30→2026-12-18']);
    await it.person('林晓').says('简报 住建局');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('经批准延期1项');
  });

  test('11月30日什么也不发；事项、我的任务、任务书上原定时限都在现时限旁边', async () => {
    await it.skipTo('2026-11-30 09:05');
    expect(await stepsSince('管-112', '2026-11-28')).toEqual([]);
    await ding().says('管-112');
    expect(textOfCard(ding().lastCard())).toContain('12月18日(周五)(原定11月30日(周一))｜剩余14个工作日');
    await ding().says('我的任务');
    await ding().clicks('下一页');
    expect(textOfCard(ding().lastCard())).toContain('时限12月18日(周五)(原定11月30日(周一))｜剩余14个工作日');
    expect(
      JSON.stringify(
        ding()
          .cards()
          .filter((card) => textOfCard(card).includes('2026年重点工作任务书')),
      ),
    ).toContain('12月18日(周五)(原定11月30日(周一))');
  });
});

describe('另外几种情形', () => {
  test('过了期限：不能申请，写明规则，可以说明情况；没有批示不改时限，有批示写明依据才延', async () => {
    const form = await opens(late, '说明情况');
    expect(form).toContain('延期须提前3个工作日申请：时限11月30日(周一)，最晚应在11月25日(周三)申请，现已过期限');
    expect(await ding().clicks('提交说明', { form: wish })).toMatchObject({ toast: { content: '已提交，督查室主任会看到；时限不变' } });
    const zhou = it.person('周启明');
    expect(await zhou.clicks('按批示延期', { form: { note: '' } })).toMatchObject({
      toast: { content: '请写明批示的领导、日期和内容，再点按批示延期' },
    });
    expect((await itemOf(it, late)).dueOn).toBe('2026-11-30');
    const basis = { approvedOn: '2026-12-25', note: '李文博11月30日批示：同意' };
    expect(await zhou.clicks('按批示延期', { form: basis })).toMatchObject({ toast: { content: '已按批示延期，已通知承办单位' } });
    expect(textOfCard(ding().cards())).toContain('依据：李文博11月30日批示：同意');
    expect(await itemOf(it, late)).toMatchObject({ dueOn: '2026-12-25', originalDueOn: '2026-11-30' });
  });

  test('期限内打开、过了期限才提交：照样拒绝，说明怎么办', async () => {
    const { id } = await itemOf(it, undecided);
    const stale = { itemId: id, round: 1, explains: false };
    const { requestExtension } = await import('#domain/extensions/request');
    const { asSystem } = await import('../../src/app.ts');
    await expect(asSystem(it.app, it.clock.now(), (ctx) => requestExtension(ctx, stale, wish))).rejects.toThrow(
      '延期最晚应在2026-11-25前申请（提前3个工作日），已过期限。请重新打开，改为说明情况',
    );
  });

  test('到期还没批：催办照发，卡片上写着延期待批；撤回之后原来的提醒照旧', async () => {
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: undecided }, data: { dueOn: '2026-12-03', originalDueOn: '2026-12-03' } }));
    await applies(undecided);
    await it.skipTo('2026-12-04 09:05');
    expect(await stepsSince(undecided, '2026-12-03')).toEqual(['2026-12-04 T+1']);
    // 待批期间督办令押着不拟。
    expect(await planOf(undecided)).toEqual(['2026-12-08 T+3']);
    const card = textOfCard(ding().lastCard());
    expect(card).toContain('逾期待回复');
    expect(card).toContain('延期待批');
    // 申请那一张早被催办盖住：从事项上也找得到、撤得回。
    await ding().says(undecided);
    await ding().clicks('查看延期申请', { card: undecided });
    expect(textOfCard(ding().lastCard())).toContain('延期待批｜待单位主要负责人罗志远办理');
    await ding().clicks('撤回', { card: `延期申请 ${undecided}` });
    expect(textOfCard(ding().lastCard())).toContain('已撤回，时限不变');
    expect(await planOf(undecided)).toEqual(['2026-12-08 T+3', '2026-12-10 T+5']);
    await ding().says(undecided);
    expect(textOfCard(ding().lastCard())).not.toContain('延期待批');
  });

  test('退回要写原因；退回之后时限不变，重新申请时看得见上次的原因', async () => {
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: refused }, data: { dueOn: '2026-12-18', originalDueOn: '2026-12-18' } }));
    await opens(refused);
    await ding().clicks('提交申请', { form: { ...wish, requestedOn: '2026-12-31' } });
    const luo = it.person('罗志远');
    expect(await luo.clicks('退回', { form: { note: '' } })).toMatchObject({ toast: { content: '请写明不同意的原因，再点退回' } });
    await luo.clicks('退回', { form: { note: '人手可以调配，不必延期' } });
    expect(textOfCard(ding().cards())).toContain('延期没有批准，时限不变');
    expect((await itemOf(it, refused)).dueOn).toBe('2026-12-18');
    expect(await opens(refused)).toContain('上次没有批准：人手可以调配，不必延期');
  });

  test('主要负责人兼督查员：自己审签的也由自己初审；轮到的领导没有账号，当场说出是谁；旧卡片上的退回说明到了哪一步', async () => {
    await ding().clicks('提交申请', { form: { ...wish, requestedOn: '2026-12-31' } });
    const { openId } = it.person('王海峰').person;
    await inDatabase(it, async (db) => {
      const { id: postId } = await db.post.findFirstOrThrow({ where: { role: 'inspector' } });
      const { id: personId } = await db.person.findFirstOrThrow({ where: { name: '罗志远' } });
      await db.postHolding.create({ data: { id: 'both', postId, personId, fromOn: '2026-01-01', toOn: '2026-12-31' } });
      await db.person.updateMany({ where: { openId }, data: { openId: null } });
    });
    const luo = it.person('罗志远');
    const old = keepButton(it, '罗志远', 'extensions.reject');
    await luo.clicks('审签', { card: `延期申请 ${refused}` });
    expect(await luo.clicks('初审通过', { card: `延期申请 ${refused}` })).toMatchObject({
      toast: { type: 'warning', content: '已初审；分管领导王海峰没有飞书账号，收不到，请当面告知' },
    });
    expect(textOfCard(it.person('林晓').lastCard())).toContain('分管领导王海峰没有飞书账号，收不到，请当面告知。');
    const tag = { tag: 'button', value: old.value, form_value: { note: '不必延' } };
    expect((await it.acts.forgesClick(luo.person.openId, old.messageId, tag)).seen).toMatchObject({
      toast: { type: 'error', content: '这份延期申请督查室已初审，正等批准，现在不由您退回，请以最新卡片为准' },
    });
    await inDatabase(it, async (db) => {
      await db.postHolding.delete({ where: { id: 'both' } });
      await db.person.updateMany({ where: { name: '王海峰' }, data: { openId } });
    });
  });

  test('事项被撤销，没有结果的申请随之失效，子任务的也是', async () => {
    await ding().says(refused);
    await ding().clicks('分解');
    await ding().clicks('提交分解', { form: { title1: '先行段', due1: '2026-12-14' } });
    await opens(`${refused}-1`);
    await ding().clicks('提交申请', { form: { ...wish, requestedOn: '2026-12-17' } });
    await it.person('周启明').says(refused);
    await it.person('周启明').clicks('撤销');
    await it.person('周启明').clicks('撤销事项', { form: { basis: '并入市级项目' } });
    const lapsed = await inDatabase(it, (db) =>
      db.extensionRequest.findMany({
        where: { item: { code: { in: [refused, `${refused}-1`] } } },
        orderBy: [{ requestedAt: 'asc' }, { round: 'asc' }],
      }),
    );
    expect(lapsed.map(({ status }) => status)).toEqual(['rejected', 'lapsed', 'lapsed']);
    expect(textOfCard(it.person('罗志远').cards())).toContain('已失效，时限不变');
  });

  test('管-112再次延期：初审之后先要周启明同意，王海峰才能批；一直看得见第一次的原定时限', async () => {
    await it.skipTo('2026-12-10 10:00');
    expect(await opens('管-112')).toContain('再次延期：由单位主要负责人审签、督查室初审、督查室主任同意后，分管领导批准');
    await ding().clicks('提交申请', { form: { ...wish, requestedOn: '2027-01-15' } });
    await it.person('罗志远').clicks('审签', { card: '延期申请 管-112' });
    expect(await it.person('林晓').clicks('初审通过', { form: { note: '情况属实' } })).toMatchObject({ toast: { content: '已初审，转主任同意' } });
    expect(cardOf('王海峰')).not.toContain('本事项1次');
    expect(await it.person('周启明').clicks('同意', { card: '延期申请 管-112' })).toMatchObject({ toast: { content: '已同意，转分管领导批准' } });
    expect(cardOf('王海峰')).toContain('本事项1次，本单位今年2次');
    const unit = await inDatabase(it, (db) => db.person.findMany({ where: { holdings: { some: { post: { unitCode: 'U09' } } } } }));
    const names = unit.map(({ name }) => name);
    const told = await silenced(it, names, () => it.person('王海峰').clicks('批准', { form: { approvedOn: '2027-01-15' } }));
    expect(told).toMatchObject({ toast: { type: 'warning', content: expect.stringMatching(/^已批准延期；.*没有飞书账号，收不到，请当面告知$/) } });
    expect(await itemOf(it, '管-112')).toMatchObject({ dueOn: '2027-01-15', originalDueOn: '2026-11-30' });
    expect(textOfCard(ding().cards())).toContain('新时限2027-01-15(原定2026-11-30)');
  });

  test('别的单位的人、没有轮到的人都办不了', async () => {
    await it.person('曾小雨').says('管-112');
    expect(JSON.stringify(it.person('曾小雨').lastCard())).not.toContain('申请延期');
    const waits = await inDatabase(it, (db) =>
      db.extensionRequest.count({ where: { status: { in: ['submitted', 'signedOff', 'checked', 'agreed', 'explained'] } } }),
    );
    expect(waits).toBe(0);
  });
});
