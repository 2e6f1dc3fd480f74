import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks } from './given-books.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('曾小雨').clicks('签收');
}, 120_000);
afterAll(() => it.close());

test('配合单位在事项卡上分工反馈：牵头单位的责任人知道，填反馈时列在眼前', async () => {
  const [yuan, fang] = [it.person('袁梦洁'), it.person('方伟')];
  await yuan.says('管-063');
  await yuan.clicks('分工反馈');
  expect(textOfCard(yuan.lastCard())).toContain('牵头单位：南屿办事处');
  expect(await yuan.clicks('提交分工反馈', { form: { content: '已完成水质复核' } })).toMatchObject({ toast: { content: '已提交，已告知牵头单位' } });
  for (const name of ['方伟', '曾小雨']) expect(textOfCard(it.person(name).lastCard())).toContain('生态环境管理局（袁梦洁）：已完成水质复核');
  await fang.says('反馈 管-063');
  const form = textOfCard(fang.lastCard());
  for (const words of ['配合单位的情况（1条）', '生态环境管理局：已完成水质复核']) expect(form).toContain(words);
  await fang.says('管-063');
  expect(textOfCard(fang.lastCard())).toContain('袁梦洁分工反馈：已完成水质复核');
});

test('牵头单位、不相干的单位没有分工反馈；不在办理中的说明原因', async () => {
  const [yuan, fang] = [it.person('袁梦洁'), it.person('方伟')];
  expect(JSON.stringify(fang.lastCard())).not.toContain('progress.open-support');
  await yuan.says('管-063');
  await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: '管-063' }, data: { status: 'suspended' } }));
  expect(await yuan.clicks('分工反馈')).toMatchObject({
    toast: { type: 'error', content: '管-063已中止，不用分工反馈；要恢复办理请联系督查室主任' },
  });
  await inDatabase(it, (db) => db.workItem.updateMany({ where: { code: '管-063' }, data: { status: 'inProgress' } }));
});

test('内部备注不出去：任务书成文、导出的台账、发出的每一条消息里都没有', async () => {
  const lin = it.person('林晓');
  for (const words of ['台账', '导出台账', '管-063', '任务书 南屿']) await lin.says(words);
  const { notes, documents } = await inDatabase(it, async (db) => {
    const found = await db.workItem.findMany({ where: { internalNote: { not: null } }, select: { internalNote: true } });
    const books = await db.taskBook.findMany({ where: { documentBlobId: { not: null } }, select: { documentBlobId: true } });
    const blobs = await db.blob.findMany({ where: { id: { in: books.map(({ documentBlobId }) => documentBlobId ?? '') } } });
    return { notes: found.map(({ internalNote }) => internalNote ?? ''), documents: blobs.map(({ bytes }) => bytes) };
  });
  expect(notes.length).toBeGreaterThan(0);
  expect(documents).toHaveLength(31);
  const messages = it.world.store.chats().flatMap(({ chatId }) => it.world.store.messagesOf(chatId));
  const sent = messages.filter(({ sender }) => sender.kind === 'bot');
  const files = sent.flatMap(({ msgType, content }) => {
    const { file_key: key = '' } = msgType === 'file' ? (JSON.parse(content) as { file_key?: string }) : {};
    // 校验结果就是发件人自己那份表，原样还给他。
    const stored = it.world.store.file(key);
    return stored && !stored.name.includes('校验结果') ? [it.world.store.fileBytes(key) ?? new Uint8Array()] : [];
  });
  expect(files.length).toBeGreaterThanOrEqual(93);
  const unique = [
    ...new Map([...documents, ...files].map((bytes) => [bytes.length + Buffer.from(bytes.slice(-200)).toString('hex'), bytes])).values(),
  ];
  const texts = [...sent.map(({ content }) => content), ...unique.map(textIn)].join('\n');
  expect(texts).toContain('渔排清退协商签约');
  for (const note of notes) expect(texts.includes(note)).toBe(false);
});

describe('请配合单位反馈：过了日子没有答复的，催办牵头单位时抄送它', () => {
  const liaisonOf = (unitCode: string) =>
    inDatabase(it, async (db) => {
      const post = await db.post.findFirstOrThrow({
        where: { unitCode, role: 'liaison', backup: false },
        include: { holdings: { include: { person: true } } },
      });
      return post.holdings[0]?.person.name ?? '';
    });
  const unitsOf = async () => (await itemOf(it, '管-063')).supportingUnits;

  test('责任人在事项卡上请：选单位、日子，写要什么；联络员各收一张，就地答', async () => {
    const fang = it.person('方伟');
    await fang.says('管-063');
    await fang.clicks('请配合单位反馈');
    const form = { unit: 'all', dueOn: '2026-06-02', words: '各自承担部分的进度' };
    expect(await fang.clicks('发送', { card: '请配合单位反馈', form: { ...form, dueOn: '2026-05-01' } })).toMatchObject({
      toast: { content: '这一天已经过去，请另选日期' },
    });
    expect(await fang.clicks('发送', { card: '请配合单位反馈', form })).toMatchObject({ toast: { content: '已请3个配合单位' } });
    expect(textOfCard(fang.lastCard())).toMatch(/已请[^，]+，6月2日\(周二\)前，还没有答复/);
    for (const unit of await unitsOf()) {
      const card = textOfCard(it.person(await liaisonOf(unit)).lastCard());
      for (const words of ['请分工反馈 管-063', '南屿办事处', '6月2日(周二)', '各自承担部分的进度'])
        expect([unit, card]).toEqual([unit, expect.stringContaining(words)]);
    }
    await it.person('马骁').says('管-063');
    expect(JSON.stringify(it.person('马骁').lastCard())).not.toContain('progress.open-ask');
  });

  test('一家答了，它的卡片变成已反馈；催办只抄送没答的两家，它们的一行上有“分工反馈”', async () => {
    const [answering = '', ...late] = await unitsOf();
    const name = await liaisonOf(answering);
    await it.person(name).clicks('分工反馈', { card: '请分工反馈' });
    expect(await it.person(name).clicks('提交分工反馈', { form: { content: '已派工作组' } })).toMatchObject({
      toast: { content: '已提交，已告知牵头单位' },
    });
    await inDatabase(it, async (db) => {
      await db.workItem.updateMany({ where: { code: { not: '管-063' } }, data: { status: 'suspended' } });
      await db.taskBook.updateMany({ data: { status: 'acknowledged' } });
      await db.workItem.updateMany({ where: { code: '管-063' }, data: { dueOn: '2026-06-03', originalDueOn: '2026-06-03' } });
    });
    await it.skipTo('2026-06-03 20:00');
    await it.skipTo('2026-06-04 09:05');
    const { id } = await itemOf(it, '管-063');
    const sent = await inDatabase(it, (db) => db.reminderSend.findFirstOrThrow({ where: { subjectId: id, level: 'L2' } }));
    const copied = (sent.recipients as { name: string; copy: boolean }[]).filter(({ copy }) => copy).map((person) => person.name);
    expect(copied.sort()).toEqual((await Promise.all(late.map(liaisonOf))).sort());
    for (const unit of late) {
      const person = it.person(await liaisonOf(unit));
      expect(textOfCard(person.lastCard())).toContain('待分工反馈');
      expect(JSON.stringify(person.lastCard())).toContain('progress.open-support');
    }
    expect(textOfCard(it.person('方伟').lastCard())).toContain('逾期待回复1项');
  });
});

function textIn(bytes: Uint8Array): string {
  return Object.values(unzipSync(bytes))
    .map((part) => strFromU8(part).replace(/<[^>]+>/g, ''))
    .join('\n');
}
