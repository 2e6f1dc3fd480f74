import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instantAt } from '#core/dates';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, startWithBooks, trailOf } from './given-books.ts';

const pdf = Buffer.from('%PDF-1.7 签约协议');
const picture = Buffer.from('89504e470d0a1a0a00', 'hex');

let it: TestApp;
beforeAll(async () => {
  it = await startWithBooks();
  await it.person('曾小雨').clicks('签收');
  await inDatabase(it, (db) => db.workItem.updateMany({ where: { leadUnit: { not: 'U31' } }, data: { status: 'suspended' } }));
  it.clock.set(instantAt('2026-06-24', '16:40'));
}, 120_000);
afterAll(() => it.close());

const said = (name: string): string => textOfCard(it.person(name).lastCard());
const attachments = () => inDatabase(it, (db) => db.reportAttachment.findMany({ orderBy: { at: 'asc' } }));
/** 机器人发给某人的文件，按先后 */
const filesOf = (name: string): string[] =>
  it.world.store
    .messagesOf(it.world.store.directChat(it.person(name).person.openId).chatId)
    .filter(({ sender, msgType }) => sender.kind === 'bot' && msgType === 'file')
    .map(({ content }) => it.world.store.file((JSON.parse(content) as { file_key: string }).file_key)?.name ?? '');

describe('反馈的附件：把文件发来，自己说附到哪一次；从不要求', () => {
  test('还没有反馈：说清先反馈再发；填报表单上没有要附件的地方', async () => {
    await it.person('方伟').sendsFile('签约协议.pdf', pdf);
    expect(said('方伟')).toContain('要作为反馈的附件，请先提交反馈');
    await it.person('方伟').says('反馈 管-063');
    expect(said('方伟')).toContain('照片等附件不作要求');
    expect(await it.person('方伟').clicks('提交反馈', { form: { metric1: '216', percent: '99', content: '本周新签7户' } })).toMatchObject({
      toast: { content: '已提交，待单位审签' },
    });
    expect(said('方伟')).toContain('有材料要附的，把文件或照片直接发给我；不作要求。');
  });

  test('发来一份 PDF：问附到哪一次，一点就附上；再附同一份只有一份', async () => {
    const fang = it.person('方伟');
    await fang.sendsFile('签约协议.pdf', pdf);
    for (const words of ['《签约协议.pdf》附到哪一次反馈？不附就不用理会。', '管-063 渔排清退协商签约', '第1次反馈，待单位审签'])
      expect(said('方伟')).toContain(words);
    expect(await attachments()).toEqual([]);
    expect(await fang.clicks('附上')).toMatchObject({ toast: { content: '正在附到管-063' } });
    expect(said('方伟')).toContain('已附到管-063');
    expect(said('方伟')).toContain('附件1份');
    await fang.sendsFile('签约协议.pdf', pdf);
    await fang.clicks('附上');
    expect(said('方伟')).toContain('没有附上：管-063的这次反馈已经附过这份文件');
    expect(await attachments()).toMatchObject([{ fileName: '签约协议.pdf', byName: '方伟', sizeBytes: pdf.byteLength }]);
  });

  test('照片也收，名字按时刻起；联络员也能附；留痕记着', async () => {
    const { openId } = it.person('曾小雨').person;
    await it.acts.sendsImage(openId, 'bot', { name: 'IMG.png', bytes: picture });
    await it.settled();
    expect(said('曾小雨')).toContain('这张图片附到哪一次反馈？');
    await it.person('曾小雨').clicks('附上');
    expect((await attachments()).map(({ fileName, byName }) => [fileName, byName])).toEqual([
      ['签约协议.pdf', '方伟'],
      ['图片-0624-1640.png', '曾小雨'],
    ]);
    expect((await trailOf(it, '管-063')).slice(-2)).toEqual(['方伟 attach →', '曾小雨 attach →']);
  });

  test('审签的人在清单和反馈卡片上看得到，点开就发给他；别的单位看不到', async () => {
    const head = it.person('梁海生');
    await head.says('待审签');
    expect(said('梁海生')).toContain('（附件2份）');
    await head.clicks('查看');
    expect(said('梁海生')).toContain('签约协议.pdf、图片-0624-1640.png');
    expect(await head.clicks('查看附件')).toMatchObject({ toast: { content: '2份附件已单独发给您' } });
    expect(filesOf('梁海生').slice(-2).sort()).toEqual(['图片-0624-1640.png', '签约协议.pdf']);
  });

  test('程序和脚本不收；无关的人发来的，照旧说看不懂', async () => {
    await it.person('方伟').sendsFile('安装.exe', Buffer.from('MZ'));
    expect(said('方伟')).toContain('《安装.exe》不能附：只收办公文件和图片');
    await it.person('罗静').sendsFile('签约协议.pdf', pdf);
    expect(said('罗静')).toContain('不是表格文件');
    expect(await attachments()).toHaveLength(2);
  });

  test('采纳之后不再附：原来的按钮答一句为什么；事项卡和导出的台账里都有', async () => {
    const fang = it.person('方伟');
    await fang.sendsFile('补充说明.docx', Buffer.from('PK\u0003\u0004 not a table'));
    await it.person('梁海生').says('待审签');
    await it.person('梁海生').clicks('审签');
    await it.person('林晓').says('待采纳');
    await it.person('林晓').clicks('采纳');
    expect(await fang.clicks('附上', { card: '补充说明' })).toMatchObject({ toast: { content: '管-063第1次反馈已采纳，附件请随下一次反馈报送' } });
    await fang.says('管-063');
    expect(said('方伟')).toContain('方伟附材料：签约协议.pdf');
    await fang.clicks('查看附件');
    expect(filesOf('方伟').slice(-2).sort()).toEqual(['图片-0624-1640.png', '签约协议.pdf']);
    await it.person('林晓').says('导出 南屿办');
    const key = it.world.store
      .messagesOf(it.world.store.directChat(it.person('林晓').person.openId).chatId)
      .filter(({ msgType, sender }) => sender.kind === 'bot' && msgType === 'file')
      .map(({ content }) => (JSON.parse(content) as { file_key: string }).file_key)
      .at(-1);
    const [sheet] = await readWorkbook(it.world.store.fileBytes(key ?? '') ?? new Uint8Array(), '台账.xlsx');
    const at = sheet?.rows[0]?.indexOf('反馈附件') ?? -1;
    expect(sheet?.rows.find(([code]) => code === '管-063')?.[at]).toBe('签约协议.pdf\n图片-0624-1640.png');
    expect((await itemOf(it, '管-063')).percent).toBe(99);
  });
});
