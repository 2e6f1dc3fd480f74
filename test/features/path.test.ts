import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

// 走过近一个月的每一格定时，机器忙时要一分钟。
vi.setConfig({ testTimeout: 120_000 });

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-05-28 15:10' });
});
afterAll(() => it.close());

const count = (table: 'workItem' | 'taskBook' | 'progressReport' | 'auditEntry'): Promise<number> =>
  withTransaction(it.app.database, (tx) => (rows(tx)[table] as unknown as { count(): Promise<number> }).count());

describe('主路径：从一份工作簿到台账', () => {
  test('督查员把有错的表发给机器人：一张卡片报清数目，什么都没写', async () => {
    const lin = it.person('林晓');
    await lin.sendsFile('2026年重点工作任务.xlsx', fixture('2026年重点工作任务.xlsx'));
    const text = textOfCard(lin.lastCard());
    expect(text).toContain('共254行(党工委103、管委会151)｜可导入248｜需修改6｜提醒4｜尚未写入任何数据');
    expect(text).toContain('海洋产业促进中心');
    expect(text).not.toContain('确认导入');
    expect(await count('workItem')).toBe(0);
  });

  test('同一份文件再发：认得出来，结果一样', async () => {
    const lin = it.person('林晓');
    await lin.sendsFile('2026年重点工作任务.xlsx', fixture('2026年重点工作任务.xlsx'));
    expect(textOfCard(lin.lastCard())).toContain('与15:10文件相同');
  });

  test('改好的表确认后成为31本书254项；再点一次什么也不发生', async () => {
    const lin = it.person('林晓');
    await it.moveTo('2026-05-28 15:58');
    await lin.sendsFile('2026年重点工作任务-修订.xlsx', fixture('2026年重点工作任务-修订.xlsx'));
    expect(await lin.clicks('确认导入')).toMatchObject({ kind: 'answered', toast: { content: '已导入254项，生成31份任务书' } });
    expect(textOfCard(lin.lastCard())).toContain('已导入254项，生成31份任务书，待周启明审定');
    expect([await count('workItem'), await count('taskBook')]).toEqual([254, 31]);
    const message = it.world.store.messagesOf(it.world.store.directChat(lin.person.openId).chatId).at(-1);
    expect(message).toBeDefined();
    expect(await count('workItem')).toBe(254);
  });

  test('主任审定、下达：卡片上数着下达了几本、发出几张；有一本办不成，说出是哪家，重新下达只补那一本', async () => {
    const zhou = it.person('周启明');
    await it.moveTo('2026-05-29 09:05');
    await zhou.clicks('审定');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('周启明已审定');
    expect(textOfCard(it.person('林晓').lastCard())).not.toContain('撤销导入');
    const query = (sql: string) => it.app.database.pool.query(sql);
    await query(`CREATE FUNCTION skip_this_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`);
    await query(
      `CREATE TRIGGER one_fails BEFORE UPDATE ON "TaskBook" FOR EACH ROW WHEN (NEW."unitCode" = 'U31' AND NEW.status = 'issued') EXECUTE FUNCTION skip_this_one()`,
    );
    const began = await zhou.clicks('下达');
    expect(began).toMatchObject({ toast: { content: '开始下达31份任务书' } });
    expect(textOfCard(began)).toContain('正在下达：0/31');
    const stuck = textOfCard(zhou.lastCard());
    for (const words of ['已下达30/31，1份未下达', '已下达30份，共31份', '90张卡片，各附文件', '未下达的1份', '南屿：', '已经下达的不会再发'])
      expect(stuck).toContain(words);
    await query('DROP TRIGGER one_fails ON "TaskBook"');
    const again = await zhou.clicks('重新下达');
    expect(again).toMatchObject({ toast: { content: '开始下达1份任务书' } });
    for (const words of ['正在下达：30/31', '已下达30份，共31份', '90张卡片，各附文件']) expect(textOfCard(again)).toContain(words);
    expect(textOfCard(zhou.lastCard())).toContain('已签收0/31');
  });

  test('31个群、31位主要负责人、31位联络员各收到一本，共93条，一条不多', () => {
    const books = it.world.store
      .chats()
      .flatMap(({ chatId }) => it.world.store.messagesOf(chatId))
      .filter(({ content }) => content.includes('重点工作任务书') && content.includes('签收时限'));
    expect(books).toHaveLength(93);
    expect(books.filter(({ chatId }) => it.world.store.chat(chatId)?.kind === 'group')).toHaveLength(31);
    expect(it.breaches).toEqual([]);
  });

  test('联络员签收：按钮换成状态，每一份副本都换；责任人收到自己的事项', async () => {
    const zeng = it.person('曾小雨');
    expect(textOfCard(zeng.lastCard())).toContain('6月2日（周二）18:00');
    expect(await zeng.clicks('签收')).toMatchObject({ kind: 'answered', toast: { content: '已签收' } });
    expect(textOfCard(zeng.lastCard())).toContain('曾小雨');
    const head = it.person('梁海生');
    expect(textOfCard(head.lastCard())).toContain('已签收');
    expect(textOfCard(it.person('周启明').lastCard())).toContain('已签收1/31');
    expect(textOfCard(it.person('方伟').lastCard())).toContain('渔排清退协商签约');
  });

  test('不是主要负责人或联络员的人在群里点签收：明确拒绝，什么都没变', async () => {
    const { chatId, messages } = it.group('住建局督办工作群');
    const outsider = it.person('马骁');
    const message = messages().find(({ content }) => content.includes('签收时限'));
    const { seen } = await it.acts.clicks(outsider.person.openId, message?.messageId ?? '', { button: '签收' });
    expect(seen).toMatchObject({ kind: 'answered', toast: { type: 'error', content: '您无权签收任务书，请联系本单位主要负责人或联络员' } });
    expect(textOfCard(it.world.store.messagesOf(chatId))).not.toContain('已签收');
  });

  test('责任人在卡片上反馈，主要负责人审签，督查员采纳，台账才变', async () => {
    const fang = it.person('方伟');
    await it.skipTo('2026-06-24 16:40');
    await fang.says('我的任务');
    await fang.clicks('反馈');
    expect(textOfCard(fang.lastCard())).toContain('签约户数');
    const seen = await fang.clicks('提交反馈', { form: { metric1: '216', percent: '99', content: '本周新签18户', difficulties: '剩余2户在外地' } });
    expect(seen).toMatchObject({ kind: 'answered', toast: { content: '已提交，待单位审签' } });
    expect(textOfCard(fang.lastCard())).toContain('已签约216/218户 99.08% ↑18 ｜待单位审签');
    const head = it.person('梁海生');
    expect(await head.clicks('审签')).toMatchObject({ toast: { content: '已审签，转督查室' } });
    const lin = it.person('林晓');
    await it.moveTo('2026-06-25 09:30');
    expect(await lin.clicks('采纳')).toMatchObject({ toast: { content: '已采纳，台账已更新' } });
    await lin.says('管-063');
    const text = textOfCard(lin.lastCard());
    expect(text).toContain('99.08%');
    expect(text).toContain('已采纳');
    expect(await count('progressReport')).toBe(1);
  });

  test('同一回调重复送达、双击提交，都只有一份反馈', async () => {
    const fang = it.person('方伟');
    await fang.says('我的任务');
    await fang.clicks('反馈');
    const chat = it.world.store.directChat(fang.person.openId).chatId;
    const form = it.world.store.messagesOf(chat).at(-1)?.messageId ?? '';
    const fill = { button: '提交反馈', form: { metric1: '217', percent: '99', content: '又签1户' } };
    const pressed = await Promise.all(Array.from({ length: 4 }, () => it.acts.clicks(fang.person.openId, form, fill)));
    await it.settled();
    const answers = pressed.map(({ seen }) => (seen.kind === 'answered' ? seen : null));
    expect(answers.filter((answer) => answer?.toast?.type === 'success')).toHaveLength(1);
    // 每一下都换成报上去的样子：哪一个答复最后到，手上都不会留着一张按不动的表。
    for (const answer of answers) expect(textOfCard(answer?.card ?? null)).toContain('待单位审签');
    expect(await count('progressReport')).toBe(2);
  });

  test('数值下调没有原因不收；写了原因标为数据下调', async () => {
    const [head, lin, fang] = [it.person('梁海生'), it.person('林晓'), it.person('方伟')];
    await head.clicks('审签');
    await lin.clicks('采纳');
    await fang.says('我的任务');
    await fang.clicks('反馈');
    const low = { metric1: '214', percent: '98', content: '核减重复统计' };
    expect(await fang.clicks('提交反馈', { form: low })).toMatchObject({ toast: { content: expect.stringContaining('由217户降为214户') } });
    expect(await fang.clicks('提交反馈', { form: { ...low, reason: '3户重复统计' } })).toMatchObject({ toast: { type: 'success' } });
    expect(textOfCard(fang.lastCard())).toContain('数据下调');
  });

  test('每一行留痕都查得到来由：谁、何时、哪一个事件带来的', async () => {
    const { lines, events } = await withTransaction(it.app.database, async (tx) => ({
      lines: await rows(tx).auditEntry.findMany({ select: { event: true, actorId: true, actorName: true, sourceEventId: true } }),
      events: new Set((await rows(tx).inboundEvent.findMany({ select: { key: true } })).map(({ key }) => key)),
    }));
    expect(lines.filter(({ actorId, sourceEventId }) => actorId !== null && sourceEventId === null)).toEqual([]);
    // 收件登记只留七天：五月的早已清走，编号还在留痕里。
    for (const wanted of ['report', 'signOff', 'adopt']) {
      const found = lines.filter(({ event }) => event === wanted);
      expect([wanted, found.length > 0, found.filter(({ sourceEventId }) => !events.has(sourceEventId ?? ''))]).toEqual([wanted, true, []]);
    }
  });

  test('内部备注不出数据表：卡片、留痕、发件箱里都没有', async () => {
    const { notes, outbox, audit } = await withTransaction(it.app.database, async (tx) => {
      const db = rows(tx);
      const found = await db.workItem.findMany({ where: { internalNote: { not: null } }, select: { internalNote: true } });
      return {
        notes: found.map(({ internalNote }) => internalNote ?? ''),
        outbox: JSON.stringify((await db.outboxEntry.findMany()).map(({ payload }) => payload)),
        audit: JSON.stringify((await db.auditEntry.findMany()).map(({ detail }) => detail)),
      };
    });
    expect(notes.length).toBeGreaterThan(0);
    const sent = JSON.stringify(it.world.store.chats().flatMap(({ chatId }) => it.world.store.messagesOf(chatId)));
    for (const note of notes) for (const place of [outbox, audit, sent, it.logLines.join('')]) expect(place.includes(note)).toBe(false);
  });
});
