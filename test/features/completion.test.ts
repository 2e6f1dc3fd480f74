import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, silenced, startWithBooks, trailOf } from './given-books.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('曾小雨').clicks('签收');
  await it.person('许蓉').clicks('签收');
  await it.skipTo('2026-09-21 10:00');
}, 120_000);
afterAll(() => it.close());

const all = { c1: true, c2: true, c3: true, c4: true, c5: true, c6: true };
const requests = () => inDatabase(it, (db) => db.completionRequest.count());

describe('方伟为管-063申请办结', () => {
  test('责任人申请，主要负责人审签，事项待核查；重复申请得到一句话', async () => {
    const fang = it.person('方伟');
    await fang.says('管-063');
    await fang.clicks('申请办结');
    const form = { result: '218户全部签约，渔排全部清退', evidence: '签约台账存党政办' };
    expect(await fang.clicks('提交申请', { form })).toMatchObject({ toast: { content: '已申请办结，待单位审签' } });
    expect((await itemOf(it, '管-063')).status).toBe('inProgress');
    await fang.says('管-063');
    expect(await fang.clicks('申请办结')).toMatchObject({ toast: { content: '已申请办结，无需重复申请' } });
    expect(await requests()).toBe(1);
    expect(await it.person('梁海生').clicks('审签')).toMatchObject({ toast: { content: '已审签，转督查室核查' } });
    expect((await itemOf(it, '管-063')).status).toBe('underVerification');
    // 申请人自己那一张跟着走，不停在提交的时候。
    expect(fang.cards().map(textOfCard)).toContainEqual(expect.stringContaining('申请办结｜待督查室核查'));
  });

  test('要点没有全勾选不能办结；退回重办须写原因，次数加一', async () => {
    const lin = it.person('林晓');
    expect(await lin.clicks('办结', { form: { ...all, c2: false } })).toMatchObject({
      toast: { content: '还没有勾选：问题解决。逐条核对后勾选；不符合的请退回重办' },
    });
    expect(await lin.clicks('退回重办')).toMatchObject({ toast: { content: '请写明退回重办的原因，再点退回' } });
    const told = await silenced(it, ['方伟', '曾小雨', '梁海生'], () => lin.clicks('退回重办', { form: { reason: '有2户没有签字页' } }));
    expect(told).toMatchObject({
      toast: { type: 'warning', content: expect.stringMatching(/^已退回重办；责任人、联络员、单位主要负责人.*没有飞书账号，收不到，请当面告知$/) },
    });
    expect(await itemOf(it, '管-063')).toMatchObject({ status: 'inProgress', reworkCount: 1, completedAt: null });
    expect(it.person('方伟').cards().map(textOfCard)).toContainEqual(expect.stringContaining('林晓退回：有2户没有签字页'));
  });

  test('再次申请，要求现场核查：没有核查记录不能办结，有了才办结；各处卡片都跟着变', async () => {
    const [fang, lin] = [it.person('方伟'), it.person('林晓')];
    await fang.says('管-063');
    await fang.clicks('申请办结');
    expect(textOfCard(fang.lastCard())).toContain('上次退回：有2户没有签字页');
    await fang.clicks('提交申请', { form: { result: '已补齐签字页' } });
    await it.person('梁海生').clicks('审签');
    expect(await lin.clicks('现场核查', { form: { findings: '抽查10户' } })).toMatchObject({ toast: { content: '已转现场核查' } });
    expect((await itemOf(it, '管-063')).status).toBe('onSiteVerification');
    expect(await lin.clicks('办结', { form: all })).toMatchObject({ toast: { content: '请写明现场核查的情况，再点办结' } });
    await it.moveTo('2026-09-22 09:30');
    expect(await lin.clicks('办结', { form: { ...all, findings: '抽查10户，均已清退' } })).toMatchObject({
      toast: { content: '已办结，已通知承办单位' },
    });
    const item = await itemOf(it, '管-063');
    expect(item).toMatchObject({ status: 'completed', percent: 100, reworkCount: 1 });
    expect(item.completedAt?.toISOString()).toBe('2026-09-22T01:30:00.000Z');
    expect(textOfCard(fang.lastCard())).toContain('申请办结｜已办结');
    expect(textOfCard(it.person('梁海生').lastCard())).toContain('申请办结｜已办结');
    const trail = (await trailOf(it, '管-063')).filter((line) => !line.includes(' light '));
    expect(trail.slice(2)).toEqual([
      '方伟 applyForCompletion →submitted',
      '梁海生 requestCompletion inProgress→underVerification',
      '林晓 sendBack underVerification→inProgress',
      '方伟 applyForCompletion →submitted',
      '梁海生 requestCompletion inProgress→underVerification',
      '林晓 requireOnSite underVerification→onSiteVerification',
      '林晓 complete onSiteVerification→completed',
    ]);
  });

  test('办结后可以归档；办结的事项不在“我的任务”里', async () => {
    const [fang, lin] = [it.person('方伟'), it.person('林晓')];
    await fang.says('我的任务');
    expect(textOfCard(fang.lastCard())).not.toContain('管-063');
    await lin.says('管-063');
    expect(await lin.clicks('归档')).toMatchObject({ toast: { content: '已归档' } });
    expect((await itemOf(it, '管-063')).status).toBe('archived');
  });
});

describe('分解过的事项', () => {
  test('必办的子任务没有办结，不能申请，说出是哪一项；写了书面说明可以', async () => {
    const xu = it.person('许蓉');
    await xu.says('管-003');
    await xu.clicks('分解');
    await xu.clicks('提交分解', { form: { title1: '前两批兑付', due1: '2026-10-30', title2: '第三批兑付', due2: '2026-12-18' } });
    await xu.says('管-003');
    await xu.clicks('申请办结');
    expect(await xu.clicks('提交申请', { form: { result: '资金已兑付' } })).toMatchObject({
      toast: { content: '必办的子任务管-003-1“前两批兑付”等2项还没有办结；请先办结，或写明书面说明' },
    });
    const waived = { result: '资金已兑付', waiver: '第三批资金并入2027年任务，见区府办函' };
    expect(await xu.clicks('提交申请', { form: waived })).toMatchObject({ toast: { content: '已申请办结，待单位审签' } });
    expect(textOfCard(it.person('孙柏林').lastCard())).toContain('第三批资金并入2027年任务，见区府办函');
  });

  test('单位退回申请：写明原因，申请人知道，事项仍在办', async () => {
    const sun = it.person('孙柏林');
    expect(await sun.clicks('退回补充', { form: { reason: '请附函件文号' } })).toMatchObject({ toast: { content: '已退回，已通知申请人' } });
    expect(textOfCard(it.person('许蓉').lastCard())).toContain('孙柏林退回：请附函件文号');
    expect((await itemOf(it, '管-003')).status).toBe('inProgress');
  });
});
