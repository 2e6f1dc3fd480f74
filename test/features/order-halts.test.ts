import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks } from './given-books.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.moveTo('2026-06-02 09:30');
  for (const name of ['曾宏斌', '曾小雨']) await it.person(name).clicks('签收');
}, 120_000);
afterAll(() => it.close());

const person = (name: string) => it.person(name);
const cardsWith = (name: string, words: string): string[] =>
  person(name)
    .cards()
    .map(textOfCard)
    .filter((text) => text.includes(words));
const orderOf = async (code: string) => {
  const { id } = await itemOf(it, code);
  return inDatabase(it, (db) => db.supervisionOrder.findFirstOrThrow({ where: { itemId: id } }));
};
const proposals = () => inDatabase(it, (db) => db.escalationProposal.findMany({ orderBy: { draftedAt: 'asc' } }));
/** 直接起草、签发一道 @returns 文号 */
async function sign(code: string): Promise<string> {
  await person('林晓').says(`起草督办令 ${code}`);
  await person('林晓').clicks('报签发', { card: code, form: { basis: '李文博批示', requirement: '立即整改', evidence: '整改报告' } });
  await person('周启明').clicks('签发', { card: code });
  return (await orderOf(code)).number ?? '';
}
async function halt(code: string, basis: string): Promise<void> {
  await person('周启明').says(code);
  await person('周启明').clicks('中止', { card: code });
  await person('周启明').clicks('中止事项', { form: { basis } });
}
async function resume(code: string, basis: string): Promise<void> {
  await person('周启明').says(code);
  await person('周启明').clicks('恢复', { card: code });
  await person('周启明').clicks('恢复办理', { form: { basis, dueOn: '2026-12-25' } });
}
const pageOf = async (code: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${it.app.port}/p/order/${(await orderOf(code)).accessKey}`)).text();

describe('退件待裁的，到裁定为止停着', () => {
  test('6月2日签发之后退件：裁定之前不催，卡片写明缘由；9日裁定维持，停了5个工作日，两个时限顺延5个工作日', async () => {
    const number = await sign('党-064');
    expect(await orderOf('党-064')).toMatchObject({
      acknowledgeBy: new Date('2026-06-03T18:00:00+08:00'),
      replyBy: new Date('2026-06-05T18:00:00+08:00'),
    });
    await person('梁海生').says('任务书');
    await person('梁海生').clicks('退件');
    const { title } = await itemOf(it, '党-064');
    const declined = { item: `党-064 ${title}`, unit: '生态环境管理局', reason: '以岸线生态为主' };
    expect(await person('梁海生').clicks('提交退件', { form: declined })).toMatchObject({ toast: { content: '已退件，待督查室裁定' } });
    expect(cardsWith('梁海生', number).at(-1)).toContain('事项退件待裁，签收、回复的时限停表；恢复办理后顺延');
    const seen = cardsWith('梁海生', number).length;
    await it.skipTo('2026-06-09 10:00');
    expect(cardsWith('梁海生', number)).toHaveLength(seen);
    expect(await proposals()).toEqual([]);
    await person('何俊').clicks('提出意见', { form: { decision: '维持原单位' } });
    await person('周启明').clicks('裁定', { form: { decision: '维持原单位' } });
    expect(await orderOf('党-064')).toMatchObject({
      acknowledgeBy: new Date('2026-06-10T18:00:00+08:00'),
      replyBy: new Date('2026-06-12T18:00:00+08:00'),
    });
    expect(cardsWith('梁海生', number).at(-1)).toContain('请于6月10日（周三）18:00前签收');
  });

  test('停下之前已经过了的时限，恢复之后仍是过了；还没过的顺延', async () => {
    await it.moveTo('2026-06-11 10:00');
    await halt('党-064', '等上级批复');
    await it.skipTo('2026-06-16 10:00');
    await resume('党-064', '已批复');
    const { number, acknowledgeBy, replyBy } = await orderOf('党-064');
    expect([acknowledgeBy, replyBy]).toEqual([new Date('2026-06-10T18:00:00+08:00'), new Date('2026-06-17T18:00:00+08:00')]);
    expect(cardsWith('梁海生', number ?? '').at(-1)).toContain('已过签收时限（6月10日（周三）18:00），请立即签收');
    await person('梁海生').clicks('签收', { card: number ?? '' });
    await person('梁海生').clicks('提交回复', { card: number ?? '', form: { cause: '等批复', measure: '立即办理', promisedOn: '2026-12-01' } });
  });
});

describe('事项停着，令的时限也停着', () => {
  let number = '';

  test('6月24日签发，25日18:00前签收、29日18:00前回复；当天下午事项中止：令的卡片写明停表，不再标红', async () => {
    await it.skipTo('2026-06-24 09:30');
    number = await sign('党-058');
    expect(await orderOf('党-058')).toMatchObject({
      acknowledgeBy: new Date('2026-06-25T18:00:00+08:00'),
      replyBy: new Date('2026-06-29T18:00:00+08:00'),
    });
    await it.moveTo('2026-06-24 15:00');
    await halt('党-058', '采石场权属在诉讼中');
    const [card = ''] = cardsWith('曾宏斌', number);
    expect(card).toContain('事项已中止，签收、回复的时限停表；恢复办理后顺延');
    // 时限停着，剩几天、逾期几天都不算数。
    expect(card).not.toMatch(/剩余|逾期|今天到期/);
    expect(await pageOf('党-058')).toContain('6月29日（周一）18:00前（停表，恢复办理后顺延）');
  });

  test('停着的时候不提醒单位、不标过了时限、不拟约谈建议，跨月也不拟通报', async () => {
    const seen = cardsWith('曾宏斌', number).length;
    await it.skipTo('2026-06-30 09:30');
    expect(cardsWith('曾宏斌', number)).toHaveLength(seen);
    await person('林晓').says('在督');
    const register = textOfCard(person('林晓').lastCard());
    expect(register).toContain('停表：事项已中止');
    expect(register).not.toContain('过了时限');
    await it.skipTo('2026-07-01 09:30');
    expect(await proposals()).toEqual([]);
  });

  test('7月2日恢复：停了6个工作日，两个时限各顺延6个工作日；单位重新收到令，令文上仍是下达时的时限，经过里留着原来的', async () => {
    await it.moveTo('2026-07-02 10:00');
    const seen = cardsWith('曾宏斌', number).length;
    await resume('党-058', '诉讼已结');
    expect(await orderOf('党-058')).toMatchObject({
      acknowledgeBy: new Date('2026-07-03T18:00:00+08:00'),
      replyBy: new Date('2026-07-07T18:00:00+08:00'),
    });
    expect(cardsWith('曾宏斌', number)).toHaveLength(seen + 1);
    expect(cardsWith('曾宏斌', number).at(-1)).toContain('请于7月3日（周五）18:00前签收');
    const html = await pageOf('党-058');
    expect(html).toContain('<dd>7月7日（周二）18:00前</dd>');
    expect(html).toContain('2026年6月29日（星期一）18:00前由主要负责人回复');
    const { id } = await orderOf('党-058');
    const [line] = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectId: id, event: 'resume' } }));
    expect(line?.detail).toMatchObject({ former: { acknowledgeBy: '2026-06-25T10:00:00.000Z', replyBy: '2026-06-29T10:00:00.000Z' } });
  });

  test('此后事项再有变化，时限不再顺延；过了新的时限，照常提醒、拟约谈建议', async () => {
    await person('梁天佑').says('党-058 12%');
    await person('梁天佑').clicks('提交反馈', { form: { content: '恢复施工' } });
    await person('曾宏斌').clicks('审签');
    await person('林晓').clicks('采纳');
    // 当天又停了半日：停过的那一段已经算过，不再顺延一回。
    await it.moveTo('2026-07-02 11:00');
    await halt('党-058', '再核实一处权属');
    await it.moveTo('2026-07-02 14:30');
    await resume('党-058', '已核实');
    expect(await orderOf('党-058')).toMatchObject({ replyBy: new Date('2026-07-07T18:00:00+08:00') });
    await it.skipTo('2026-07-08 09:30');
    expect((await proposals()).map(({ content }) => (content as { heading: string }).heading)).toEqual([
      `土地整备事务中心没有在7月7日（周二）18:00前回复${number}`,
    ]);
  });
});

describe('报了签发、事项停着的拟稿', () => {
  test('主任的卡片上没有签发，写明为什么；恢复之后又有了', async () => {
    await person('林晓').says('起草督办令 管-063');
    await person('林晓').clicks('报签发', { card: '管-063', form: { basis: '李文博批示', requirement: '立即整改', evidence: '整改报告' } });
    const zhou = person('周启明');
    const offersSign = () =>
      zhou.cards().filter((card) => textOfCard(card).includes('督办令拟稿 管-063') && JSON.stringify(card).includes('orders.sign'));
    expect(offersSign()).toHaveLength(1);
    await halt('管-063', '等上级批复');
    expect(offersSign()).toHaveLength(0);
    expect(cardsWith('周启明', '督办令拟稿 管-063').at(-1)).toContain('事项已中止，现在不能签发；事项再办理时再签发，或不予印发。');
    await resume('管-063', '已批复');
    expect(offersSign()).toHaveLength(1);
  });
});

describe('时限落在休息日上', () => {
  test('7月13日到期的，10日宣布台风停工：顺延到14日，卡片换成新的，没有人多收一张；14日早上提醒，不拟约谈；恢复上班也不收回', async () => {
    const limits = async () => {
      const { acknowledgeBy, replyBy } = await orderOf('党-031');
      return [acknowledgeBy, replyBy].map((limit) => limit?.toISOString());
    };
    await it.skipTo('2026-07-08 10:00');
    const known = (await proposals()).length;
    const number = await sign('党-031');
    expect(await limits()).toEqual(['2026-07-09T10:00:00.000Z', '2026-07-13T10:00:00.000Z']);
    await person('罗志远').clicks('签收', { card: number });
    await it.moveTo('2026-07-10 16:00');
    const seen = cardsWith('罗志远', number).length;
    const changes = async (form: object): Promise<unknown> => {
      await person('林晓').says('日历');
      await person('林晓').clicks('调整一天');
      return person('林晓').clicks('保存', { form: { date: '2026-07-13', ...form } });
    };
    expect(await changes({ kind: '放假', reason: '台风停工' })).toMatchObject({
      toast: { content: expect.stringContaining('1道督办令的时限遇休息日，顺延到下一个工作日，卡片已更新') },
    });
    // 已经过了的签收时限不动。
    expect(await limits()).toEqual(['2026-07-09T10:00:00.000Z', '2026-07-14T10:00:00.000Z']);
    expect(cardsWith('罗志远', number)).toHaveLength(seen);
    expect(cardsWith('罗志远', number).at(-1)).toContain('7月14日（周二）18:00');
    await it.moveTo('2026-07-13 20:00');
    expect(cardsWith('罗志远', number)).toHaveLength(seen);
    await it.moveTo('2026-07-14 09:30');
    expect(cardsWith('罗志远', number)).toHaveLength(seen + 1);
    expect(await proposals()).toHaveLength(known);
    const { id } = await orderOf('党-031');
    const [line] = await inDatabase(it, (db) => db.auditEntry.findMany({ where: { subjectId: id, event: 'moveLimits' } }));
    expect(line?.detail).toMatchObject({ former: { replyBy: '2026-07-13T10:00:00.000Z' } });
    await changes({ kind: '恢复全国安排', reason: '误报' });
    expect(await limits()).toEqual(['2026-07-09T10:00:00.000Z', '2026-07-14T10:00:00.000Z']);
    await it.skipTo('2026-07-15 09:30');
    expect(await proposals()).toHaveLength(known + 1);
  });
});
