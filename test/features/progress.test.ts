import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks, trailOf } from './given-books.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('曾小雨').clicks('签收');
  // 只留一个单位在办：别的单位的提醒不在这里看。
  await inDatabase(it, (db) => db.workItem.updateMany({ where: { leadUnit: { not: 'U31' } }, data: { status: 'suspended' } }));
  it.clock.set(instantAt('2026-06-18', '09:00'));
  await it.skipTo('2026-06-18 10:00');
}, 120_000);
afterAll(() => it.close());

/** 扩展B区的字、合成的表情、改变方向的控制符、组合的重音 */
const rare = '户主𠮷野、👨‍👩‍👧‍👦一家，A\u202eB\u202c，e\u0301';
const reports = () =>
  inDatabase(it, async (db) => db.progressReport.findMany({ where: { itemId: (await itemOf(it, '管-063')).id }, orderBy: { round: 'asc' } }));
const open = async (name: string): Promise<void> => {
  await it.person(name).says('我的任务');
  await it.person(name).clicks('反馈', { card: '渔排清退', within: '渔排清退' });
};
const settle = async (): Promise<void> => {
  await it.person('梁海生').clicks('审签');
  await it.person('林晓').clicks('采纳');
};

describe('S3：在提醒卡片上反馈管-063', () => {
  test('6月18日报209户：95.87%', async () => {
    await open('方伟');
    await it.person('方伟').clicks('提交反馈', { form: { metric1: '209', percent: '95', content: '累计签约209户' } });
    expect(textOfCard(it.person('方伟').lastCard())).toContain('已签约209/218户 95.87% ↑11 ｜待单位审签');
    await settle();
    expect(await itemOf(it, '管-063')).toMatchObject({ percent: 95 });
  });

  test('6月22日09:05方伟、曾小雨各收到提醒；表单里填好209', async () => {
    await it.moveTo('2026-06-22 09:05');
    for (const name of ['方伟', '曾小雨']) expect(textOfCard(it.person(name).lastCard())).toContain('本期反馈请在6月25日(周四)前提交');
    await it.moveTo('2026-06-24 16:40');
    await it.person('方伟').clicks('反馈', { card: '本期反馈请在' });
    expect(JSON.stringify(it.person('方伟').lastCard())).toContain('"default_value":"209"');
  });

  test('6月24日16:40填216：已签约216/218户 99.08% ↑7 ｜待单位审签；双击、重送不成两份', async () => {
    const fang = it.person('方伟');
    const message =
      it.world.store.messagesOf(it.world.store.directChat(fang.person.openId).chatId).findLast(({ content }) => content.includes('提交反馈'))
        ?.messageId ?? '';
    const form = { metric1: '216', percent: '99', content: '本周新签7户', difficulties: `剩余2户在外地，${rare}` };
    const press = () => it.acts.clicks(fang.person.openId, message, { button: '提交反馈', form });
    // 平台把头一下送两遍（同一个事件号），人又点了一下。
    it.world.faults.arm('duplicate');
    const [one, two] = await Promise.all([press(), press()]);
    await it.settled();
    expect([one.seen, two.seen].filter((seen) => seen.kind === 'answered' && seen.toast?.content === '已提交，待单位审签')).toHaveLength(1);
    expect(textOfCard(fang.lastCard())).toContain('已签约216/218户 99.08% ↑7 ｜待单位审签');
    const kept = await reports();
    expect(kept).toHaveLength(2);
    // 库里一个字节也不差；卡片上去掉看不见的，别的照样。
    expect(kept.at(-1)?.difficulties).toBe(form.difficulties);
  });

  test('17:05梁海生在待审签卡片上审签，6月25日09:30林晓采纳，台账才变', async () => {
    const [head, lin] = [it.person('梁海生'), it.person('林晓')];
    await it.moveTo('2026-06-24 17:05');
    const card = textOfCard(head.lastCard());
    for (const words of ['待审签1件，其中1件须单独看', '已签约216/218户 99.08% ↑7', '存在困难：剩余2户在外地，户主𠮷野、👨‍👩‍👧‍👦一家，AB，e\u0301'])
      expect(card).toContain(words);
    expect(await head.clicks('审签')).toMatchObject({ toast: { content: '已审签，转督查室' } });
    expect(textOfCard(head.lastCard())).toContain('今天已办：管-063待督查室采纳');
    expect((await itemOf(it, '管-063')).percent).toBe(95);
    await it.moveTo('2026-06-25 09:30');
    expect(textOfCard(lin.lastCard())).toContain('已签约216/218户 99.08% ↑7');
    expect(await lin.clicks('采纳')).toMatchObject({ toast: { content: '已采纳，台账已更新' } });
    expect((await itemOf(it, '管-063')).percent).toBe(99);
    expect(textOfCard(it.person('方伟').lastCard())).toContain('已签约216/218户 99.08% ↑7 ｜已采纳');
    expect((await trailOf(it, '管-063')).slice(-2)).toEqual(['方伟 report →submitted', '林晓 adopt 95→99']);
  });

  test('三次以上的值画成走势，事项卡上看得到', async () => {
    await it.person('方伟').says('管-063 217户');
    await it.person('方伟').clicks('提交反馈');
    await settle();
    await it.person('方伟').says('管-063');
    const chart = JSON.stringify(it.person('方伟').lastCard());
    expect(chart).toContain('"tag":"chart"');
    const points = [...chart.matchAll(/"on":"(6-\d+)"[^}]*"value":(\d+)/g)].map(([, on, value]) => [on, value]);
    expect(points).toEqual([
      ['6-18', '209'],
      ['6-24', '216'],
      ['6-25', '217'],
    ]);
  });

  test('之后填214：没有原因不收；写了原因，审签和采纳的人都看到数据下调', async () => {
    const [fang, head, lin] = [it.person('方伟'), it.person('梁海生'), it.person('林晓')];
    await open('方伟');
    const low = { metric1: '214', percent: '99', content: '核减重复统计' };
    expect(await fang.clicks('提交反馈', { form: low })).toMatchObject({
      toast: { type: 'warning', content: '签约户数由217户降为214户，请填写“下调原因”后再提交' },
    });
    expect(await fang.clicks('提交反馈', { form: { ...low, reason: '3户重复统计' } })).toMatchObject({ toast: { content: '已提交，待单位审签' } });
    const lowered = '数据下调：签约户数由217户降为214户，原因：3户重复统计';
    for (const person of [fang, head]) expect(textOfCard(person.lastCard())).toContain(lowered);
    await head.clicks('审签');
    expect(textOfCard(lin.lastCard())).toContain(lowered);
    await lin.clicks('查看');
    expect(textOfCard(lin.lastCard())).toContain(lowered);
    expect(await lin.clicks('退回补充')).toMatchObject({ toast: { content: '请写明退回原因，再点退回' } });
    expect(await lin.clicks('退回补充', { form: { reason: '请列出3户的名单' } })).toMatchObject({ toast: { content: '已退回，已通知反馈人' } });
    expect(textOfCard(lin.lastCard())).toContain('没有待采纳的反馈');
  });

  test('退回的重新填报：填好的是退回的那一份；百分比下调同样要原因', async () => {
    const fang = it.person('方伟');
    expect(textOfCard(fang.lastCard())).toContain('林晓退回：请列出3户的名单');
    await fang.clicks('重新填报');
    expect(JSON.stringify(fang.lastCard())).toContain('"default_value":"214"');
    const again = { metric1: '217', percent: '90', content: '名单已附' };
    expect(await fang.clicks('提交反馈', { form: again })).toMatchObject({
      toast: { content: '完成百分比由99%降为90%，请填写“下调原因”后再提交' },
    });
    await fang.clicks('提交反馈', { form: { ...again, reason: '折算口径调整' } });
    expect(textOfCard(it.person('梁海生').lastCard())).toContain('数据下调：完成百分比由99%降为90%，原因：折算口径调整');
    await settle();
  });
});

describe('一句话报数', () => {
  test('方伟发“管-063 218户”：先给确认卡，什么都没写；一点就提交', async () => {
    const fang = it.person('方伟');
    const before = (await reports()).length;
    await fang.says('管-063 218户 上周 困难：无');
    const card = textOfCard(fang.lastCard());
    for (const words of ['读到：签约户数218户；完成100%', '“上周”没听懂，没有采用。', '还没有提交']) expect(card).toContain(words);
    expect(await reports()).toHaveLength(before);
    const asked = it.world.store.messagesOf(it.world.store.directChat(fang.person.openId).chatId).at(-1);
    const value = JSON.parse(/"value":(\{"a":"progress\.[^}]*\}[^}]*\})/.exec(asked?.content ?? '')?.[1] ?? '{}') as object;
    expect(await fang.clicks('提交反馈')).toMatchObject({ toast: { content: '已提交，待单位审签' } });
    expect((await reports()).at(-1)).toMatchObject({ percent: 100, content: '签约户数218户，比上次多1户', difficulties: '无' });
    // 答复在路上丢了的人，手上还是原来的卡片，再按一次：看到报上去的样子，不是一张按不动的表。
    const { seen } = await it.acts.forgesClick(fang.person.openId, asked?.messageId ?? '', {
      tag: 'button',
      value,
      form_value: { metric1: '218', percent: '100', content: '签约218户' },
    });
    expect(seen).toMatchObject({ kind: 'answered', toast: { content: '已提交，无需重复提交' } });
    expect(textOfCard(seen.kind === 'answered' ? seen.card : null)).toContain('待单位审签');
    expect(await reports()).toHaveLength(before + 1);
  });

  test('别的单位的人：您无权反馈该事项；已在审签的、没有的编号也各有一句', async () => {
    const ma = it.person('马骁');
    await ma.says('管-063 216户');
    expect(textOfCard(ma.lastCard())).toContain('您无权反馈该事项');
    await it.person('方伟').says('管-063 216户');
    expect(textOfCard(it.person('方伟').lastCard())).toContain('次反馈已提交，正在等待单位审签；需要更正请先请对方退回');
    await it.person('方伟').says('反馈 管-963 216户');
    expect(textOfCard(it.person('方伟').lastCard())).toContain('2026年没有已下达的事项管-963，请核对编号');
  });
});

describe('本期无变化', () => {
  test('一点就报：百分比和指标照旧，双击只有一份；审签、采纳之后台账记着这一期', async () => {
    const { id, code } = await inDatabase(it, (db) =>
      db.workItem.findFirstOrThrow({ where: { leadUnit: 'U31', status: 'inProgress', parentId: null, code: { not: '管-063' } } }),
    );
    await inDatabase(it, (db) =>
      db.workItem.update({ where: { id }, data: { percent: 35, metrics: [{ name: '走访', target: 120, current: 42, unit: '家' }] } }),
    );
    const zeng = it.person('曾小雨');
    await zeng.says(code);
    await zeng.clicks('反馈');
    const form = it.world.store.messagesOf(it.world.store.directChat(zeng.person.openId).chatId).at(-1)?.messageId ?? '';
    const press = () => it.acts.clicks(zeng.person.openId, form, { button: '本期无变化' });
    const seen = await Promise.all([press(), press()]);
    await it.settled();
    const toasts = seen.map((each) => (each.seen.kind === 'answered' ? each.seen.toast?.content : undefined));
    expect(toasts).toContain('已提交，待单位审签');
    expect(new Set(toasts).size).toBe(2);
    expect(await inDatabase(it, (db) => db.progressReport.findMany({ where: { itemId: id } }))).toMatchObject([
      { content: '本期无变化', noChange: true, percent: 35, previousPercent: 35, metrics: [{ name: '走访', value: 42, previous: 42 }] },
    ]);
    await it.person('梁海生').clicks('审签', { within: code });
    await it.person('林晓').clicks('采纳', { within: code });
    expect(await inDatabase(it, (db) => db.workItem.findUniqueOrThrow({ where: { id } }))).toMatchObject({ percent: 35 });
    expect((await trailOf(it, code)).slice(-2)).toEqual(['曾小雨 report →submitted', '林晓 adopt 35→35']);
  });
});

describe('待审签、待采纳', () => {
  const cardsOf = (name: string, words: string) =>
    it
      .person(name)
      .cards()
      .filter((card) => JSON.stringify(card).includes(`"content":"${words}"`));

  test('一位主要负责人一张卡片：再来一件，还是这一张', async () => {
    const head = it.person('梁海生');
    const before = head.cards().length;
    const codes = await inDatabase(it, (db) =>
      db.workItem.findMany({ where: { leadUnit: 'U31', status: 'inProgress', parentId: null }, select: { code: true } }),
    );
    expect(codes.length).toBeGreaterThan(1);
    const other = codes.find(({ code }) => code !== '管-063')?.code ?? '';
    await it.person('曾小雨').says(`${other} 40%`);
    await it.person('曾小雨').clicks('提交反馈', { form: { content: '已开工' } });
    expect(head.cards()).toHaveLength(before);
    expect(textOfCard(head.lastCard())).toContain('待审签2件');
  });

  test('发“待审签”得到新的一张，旧的写着已更新；在旧的上面点不到按钮', async () => {
    const head = it.person('梁海生');
    await head.says('待审签');
    expect(textOfCard(head.lastCard())).toContain('待审签2件');
    expect(cardsOf('梁海生', '已更新，请看新卡片。').length).toBeGreaterThan(0);
    expect(cardsOf('梁海生', '审签')).toHaveLength(1);
  });

  test('看一件时别人办了别的，填写不被打断；办完回到清单', async () => {
    const head = it.person('梁海生');
    await head.clicks('查看', { within: '管-063' });
    expect(textOfCard(head.lastCard())).toContain('退回原因');
    const message = it.world.store.messagesOf(it.world.store.directChat(head.person.openId).chatId).at(-1)?.messageId ?? '';
    expect(await head.clicks('审签')).toMatchObject({ toast: { content: '已审签，转督查室' } });
    expect(textOfCard(head.lastCard())).toContain('待审签1件');
    const again = await it.acts.clicks(head.person.openId, message, { button: '审签' });
    await it.settled();
    expect(again.seen).toMatchObject({ toast: { content: '已审签，转督查室' } });
    expect(textOfCard(head.lastCard())).toContain('没有待审签的反馈');
  });

  test('两位督查员看到的一样；一人采纳，另一人的卡片跟着变，再点是一句话', async () => {
    const [lin, he] = [it.person('林晓'), it.person('何俊')];
    await he.says('待采纳');
    await lin.says('待采纳');
    for (const person of [lin, he]) expect(textOfCard(person.lastCard())).toContain('待采纳2件，其中1件须单独看');
    const stale = it.world.store.messagesOf(it.world.store.directChat(he.person.openId).chatId).at(-1)?.content ?? '';
    await lin.clicks('采纳', { within: '管-063' });
    expect(textOfCard(he.lastCard())).toContain('待采纳1件');
    expect(stale).toContain('管-063');
    await lin.clicks('采纳');
    expect(textOfCard(he.lastCard())).toContain('没有待采纳的反馈');
  });

  test('事项中止，等着的反馈离开清单，点旧按钮得到一句话；恢复了又回来', async () => {
    const [head, zhou] = [it.person('梁海生'), it.person('周启明')];
    await it.person('方伟').says('管-063 218户');
    await it.person('方伟').clicks('提交反馈');
    expect(textOfCard(head.lastCard())).toContain('待审签1件');
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: '管-063' }, data: { status: 'declinePending' } }));
    expect(await head.clicks('审签')).toMatchObject({ toast: { type: 'info', content: '管-063正在裁定退件，这次反馈暂不审签、不采纳' } });
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: '管-063' }, data: { status: 'inProgress' } }));
    await head.says('待审签');
    await zhou.says('管-063');
    await zhou.clicks('中止');
    await zhou.clicks('中止事项', { form: { basis: '专题会议纪要第8号' } });
    expect(textOfCard(head.cards())).toContain('没有待审签的反馈');
    await it.person('方伟').says('管-063 218户');
    expect(textOfCard(it.person('方伟').lastCard())).toContain('管-063已中止，不用反馈');
    await zhou.says('管-063');
    await zhou.clicks('恢复');
    await zhou.clicks('恢复办理', { form: { basis: '专题会议纪要第9号' } });
    await head.says('待审签');
    expect(textOfCard(head.lastCard())).toContain('待审签1件');
    await settle();
  });

  test('二十件分三页；全部采纳只办没有警示的，晚到的不在内，台账一并更新', async () => {
    const lin = it.person('林晓');
    const items = await inDatabase(it, (db) =>
      db.workItem.findMany({ where: { leadUnit: 'U09', parentId: null }, take: 18, orderBy: { code: 'asc' } }),
    );
    await inDatabase(it, async (db) => {
      await db.workItem.updateMany({
        where: { id: { in: items.map(({ id }) => id) } },
        data: { status: 'inProgress', percent: 10, dueOn: '2026-12-18' },
      });
      await db.progressReport.createMany({
        data: items.map(({ id }, index) => ({
          ...{
            id: `seeded-${index}`,
            itemId: id,
            round: 1,
            status: 'signedOff',
            percent: 20,
            previousPercent: index < 3 ? 30 : 10,
            content: '正常推进',
          },
          ...{ metrics: [], reporterId: 'x', reporterName: '马骁', submittedAt: it.clock.now(), signedOffAt: it.clock.now(), signedOffBy: '罗志远' },
        })),
      });
    });
    await lin.says('待采纳');
    expect(textOfCard(lin.lastCard())).toContain('待采纳18件，其中3件须单独看（第1/3页）');
    await lin.clicks('下一页');
    expect(textOfCard(lin.lastCard())).toContain('（第2/3页）');
    await it.moveTo('2026-06-25 11:00');
    await inDatabase(it, (db) => db.progressReport.update({ where: { id: 'seeded-9' }, data: { signedOffAt: it.clock.now() } }));
    expect(await lin.clicks('全部采纳')).toMatchObject({ toast: { content: '已采纳14件，台账已更新' } });
    expect(textOfCard(lin.lastCard())).toContain('待采纳4件，其中3件须单独看');
    const done = await inDatabase(it, (db) => db.workItem.count({ where: { leadUnit: 'U09', percent: 20 } }));
    const waiting = await inDatabase(it, (db) => db.progressReport.count({ where: { status: 'signedOff' } }));
    expect([done, waiting]).toEqual([14, 4]);
  });

  test('全部审签只办眼前没有警示的；早已办过的不重办', async () => {
    const luo = it.person('罗志远');
    await inDatabase(it, (db) =>
      db.progressReport.updateMany({ where: { status: 'signedOff' }, data: { status: 'submitted', signedOffAt: null, signedOffBy: null } }),
    );
    await luo.says('待审签');
    await inDatabase(it, (db) => db.progressReport.updateMany({ where: { id: 'seeded-0' }, data: { previousPercent: 10 } }));
    await luo.says('待审签');
    expect(textOfCard(luo.lastCard())).toContain('待审签4件，其中2件须单独看');
    expect(await luo.clicks('全部审签')).toMatchObject({ toast: { content: '已审签2件，转督查室' } });
    expect(textOfCard(luo.lastCard())).toContain('待审签2件');
    expect(textOfCard(it.person('何俊').lastCard())).toContain('待采纳2件');
  });

  test('无关的人发口令：说明该找谁', async () => {
    await it.person('方伟').says('待审签');
    expect(textOfCard(it.person('方伟').lastCard())).toContain('您无权审签反馈，请联系本单位主要负责人');
    await it.person('方伟').says('待采纳');
    expect(textOfCard(it.person('方伟').lastCard())).toContain('您无权采纳反馈，请联系督查室');
  });

  test('督查员兼任单位主要负责人：等他审签的也退得回，不会说还没有经单位审签', async () => {
    const [fang, lin] = [it.person('方伟'), it.person('林晓')];
    // 前面的故事把别的都放下了；报的那一件也许还等着。
    await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: '管-063' }, data: { status: 'inProgress' } }));
    if ((await reports()).at(-1)?.status !== 'submitted') {
      await fang.says('管-063 218户');
      await fang.clicks('提交反馈');
    }
    await inDatabase(it, async (db) => {
      const { id: postId } = await db.post.findFirstOrThrow({ where: { unitCode: 'U31', role: 'unitHead' } });
      const { id: personId } = await db.person.findUniqueOrThrow({ where: { openId: lin.person.openId } });
      await db.postHolding.updateMany({ where: { postId }, data: { toOn: '2026-01-01' } });
      await db.postHolding.create({ data: { id: 'both', postId, personId, fromOn: '2026-01-02' } });
    });
    await lin.says('待审签');
    await lin.clicks('查看', { card: '管-063', within: '管-063' });
    // 报的人、联络员这时都没有账号：不说已经通知。
    const reporters = [fang, it.person('曾小雨')].map(({ person }) => person.openId);
    const told = await inDatabase(it, (db) => db.person.findMany({ where: { openId: { in: reporters } }, select: { id: true, openId: true } }));
    await inDatabase(it, (db) => db.person.updateMany({ where: { openId: { in: reporters } }, data: { openId: null } }));
    expect(await lin.clicks('退回补充', { form: { reason: '请写明数量' } })).toMatchObject({
      toast: { type: 'warning', content: expect.stringMatching(/^已退回；责任人.*方伟.*没有飞书账号，收不到，请当面告知$/) },
    });
    await inDatabase(it, async (db) => {
      for (const { id, openId } of told) await db.person.update({ where: { id }, data: { openId } });
    });
    expect((await reports()).at(-1)).toMatchObject({ status: 'returned', returnedBy: '林晓' });
  });
});
