import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const first = '2026年重点工作任务.xlsx';
const corrected = '2026年重点工作任务-修订.xlsx';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-05-28 15:10' });
});
afterAll(() => it.close());

const count = (table: 'workItem' | 'taskBook' | 'auditEntry'): Promise<number> =>
  withTransaction(it.app.database, (tx) => (rows(tx)[table] as unknown as { count(): Promise<number> }).count());

/** 机器人发给林晓的文件 — names, oldest first, and the bytes of the last. */
function filesSent(): { names: string[]; last: Uint8Array } {
  const { openId } = it.person('林晓').person;
  const chat = it.world.store.directChat(openId).chatId;
  const sent = it.world.store
    .messagesOf(chat)
    .filter(({ sender, msgType }) => sender.kind === 'bot' && msgType === 'file')
    .map(({ content }) => JSON.parse(content) as { file_key: string });
  return {
    names: sent.map((file) => it.world.store.file(file.file_key)?.name ?? ''),
    last: it.world.store.fileBytes(sent.at(-1)?.file_key ?? '') ?? new Uint8Array(),
  };
}

async function open(bytes: Uint8Array): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(Buffer.from(bytes) as unknown as ArrayBuffer);
  return workbook;
}

const colourOf = (cell: ExcelJS.Cell): string | undefined => (cell.fill?.type === 'pattern' ? cell.fill.fgColor?.argb : undefined);

function cellsOfColour(workbook: ExcelJS.Workbook, argb: string): string[] {
  const found: string[] = [];
  for (const sheet of workbook.worksheets) {
    sheet.eachRow((row) => row.eachCell({ includeEmpty: true }, (cell) => colourOf(cell) === argb && found.push(`${sheet.name}!${cell.address}`)));
  }
  return found;
}

/** 卡片上某个动作的按钮带着的值 */
function valueIn(content: string | undefined, action: string): object {
  let found: object = {};
  JSON.parse(content ?? '{}', (_, value: { a?: string } | null) => {
    if (value?.a === action) found = value;
    return value;
  });
  return found;
}

const noteOf = (cell: ExcelJS.Cell | undefined): string =>
  typeof cell?.note === 'string' ? cell.note : (cell?.note?.texts ?? []).map(({ text }) => text).join('');

describe('S1 导入254项', () => {
  test('有错的表：一张卡片报清数目，一份校验结果，什么都没写', async () => {
    const lin = it.person('林晓');
    await lin.sendsFile(first, fixture(first));
    expect(lin.cards()).toHaveLength(1);
    const text = textOfCard(lin.lastCard());
    expect(text).toContain('导入预检完成');
    expect(text).toContain('共254行(党工委103、管委会151)｜可导入248｜需修改6｜提醒4｜尚未写入任何数据');
    expect(text).not.toContain('确认导入');
    expect(filesSent().names).toEqual(['2026年重点工作任务-校验结果.xlsx']);
    expect([await count('workItem'), await count('taskBook')]).toEqual([0, 0]);
  });

  test('校验结果还是原来那份表：错的六格红、提醒的四格黄，批注说清规则和建议，最后一列是结果', async () => {
    const [result, original] = [await open(filesSent().last), await open(fixture(first))];
    expect(cellsOfColour(result, 'FFFF9999')).toEqual(['党工委!F19', '党工委!M44', '管委会!A48', '管委会!F90', '管委会!M121', '管委会!K135']);
    expect(cellsOfColour(result, 'FFFFEB9C')).toEqual(['党工委!M25', '党工委!M102', '管委会!M38', '管委会!M50']);
    const [party, board] = [result.getWorksheet('党工委'), result.getWorksheet('管委会')];
    for (const [cell, note] of [
      [party?.getCell('F19'), '【单位不在花名册】“海洋局(筹)”不在花名册\n建议：是否为“海洋产业促进中心”？'],
      [party?.getCell('M44'), '【日期】没有2月30日这一天\n建议：是否为2026-02-28？'],
      [board?.getCell('A48'), '【序号重复】管-047与工作表“管委会”第12行重复\n建议：请改成未用过的序号，例如管-011'],
      [board?.getCell('F90'), '【必填】没有牵头单位\n建议：请填写一个牵头单位'],
      [board?.getCell('M121'), '【时限早于下达】完成时限2026-05-01早于下达日期2026-05-29\n建议：请核对年份和月份'],
      [board?.getCell('K135'), '【电话不在花名册】联络员吴立新的电话（尾号3967）不在花名册\n建议：花名册里吴立新的号码尾号是2562'],
    ] as const)
      expect(noteOf(cell)).toBe(note);
    for (const [cell, day] of [
      [party?.getCell('M25'), '2026-09-30'],
      [board?.getCell('M50'), '2026-09-24'],
      [party?.getCell('M102'), '2026-08-14'],
      [board?.getCell('M38'), '2026-11-06'],
    ] as const)
      expect(noteOf(cell)).toContain(day);
    expect(result.worksheets.map(({ name }) => name)).toEqual(original.worksheets.map(({ name }) => name));
    for (const sheet of original.worksheets) {
      const marked = result.getWorksheet(sheet.name);
      expect(marked?.getCell('U1').value).toBe('校验结果');
      expect(marked?.getColumn('T').hidden).toBe(true);
      expect(marked?.views).toEqual(sheet.views);
      for (let at = 1; at <= 20; at += 1) expect(marked?.getColumn(at).width).toBe(sheet.getColumn(at).width);
      sheet.eachRow((row, number) =>
        row.eachCell({ includeEmpty: true }, (cell, at) => {
          const other = marked?.getRow(number).getCell(at);
          expect(other?.value).toEqual(cell.value);
          expect(other?.numFmt).toBe(cell.numFmt);
          expect(other?.font).toEqual(cell.font);
          expect(other?.border).toEqual(cell.border);
        }),
      );
    }
    expect(String(party?.getCell('U19').value)).toMatch(/^需修改：F19 /);
    expect(String(party?.getCell('U25').value)).toMatch(/^提醒：M25 /);
    expect(party?.getCell('U2').value).toBe('可导入\n按此读入：M2 年底 → 2026-12-31');
  });

  test('同一份文件再发：认得出来，结果一样，仍旧什么都没写', async () => {
    const lin = it.person('林晓');
    const before = filesSent().last;
    await it.moveTo('2026-05-28 15:20');
    await lin.sendsFile(first, fixture(first));
    const text = textOfCard(lin.lastCard());
    expect(text).toContain('与15:10文件相同');
    expect(text).toContain('可导入248｜需修改6｜提醒4');
    expect(filesSent().names).toHaveLength(2);
    expect(Buffer.from(filesSent().last).equals(Buffer.from(before))).toBe(true);
    expect(await count('workItem')).toBe(0);
  });

  test('在校验结果上改好再发：红格不再红，结果列不多出一列', async () => {
    const lin = it.person('林晓');
    await lin.sendsFile('2026年重点工作任务-校验结果.xlsx', Buffer.from(filesSent().last));
    expect(textOfCard(lin.lastCard())).toContain('可导入248｜需修改6｜提醒4');
    const { names, last } = filesSent();
    expect(names.at(-1)).toBe('2026年重点工作任务-校验结果.xlsx');
    const again = await open(last);
    expect(cellsOfColour(again, 'FFFF9999')).toHaveLength(6);
    expect(again.getWorksheet('党工委')?.getCell('V1').value ?? null).toBeNull();
    expect(noteOf(again.getWorksheet('党工委')?.getCell('F19')).match(/单位不在花名册/g)).toHaveLength(1);
  });

  test('改好的表15:58确认：254项、31本、编号连着；再点什么也不发生', async () => {
    const lin = it.person('林晓');
    await it.moveTo('2026-05-28 15:58');
    await lin.sendsFile(corrected, fixture(corrected));
    expect(textOfCard(lin.lastCard())).toContain('可导入254｜需修改0｜提醒4');
    const message = it.world.store
      .messagesOf(it.world.store.directChat(lin.person.openId).chatId)
      .findLast(({ content }) => content.includes('确认导入'));
    const press = () => it.acts.clicks(lin.person.openId, message?.messageId ?? '', { button: '确认导入' });
    const seen = await Promise.all([press(), press()]);
    await it.settled();
    const toasts = seen.map((each) => (each.seen.kind === 'answered' ? each.seen.toast?.content : undefined));
    expect(toasts.toSorted()).toEqual(['已导入254项，生成31份任务书', '已导入，无需重复确认']);
    expect(textOfCard(lin.lastCard())).toContain('已导入254项，生成31份任务书，待周启明审定');
    expect(textOfCard(lin.lastCard())).toContain('审定之前、16:08之前可以撤销');
    const items = await withTransaction(it.app.database, (tx) => rows(tx).workItem.findMany({ select: { code: true, status: true } }));
    const numbered = (series: string, last: number): string[] =>
      Array.from({ length: last }, (_, at) => `${series}-${String(at + 1).padStart(3, '0')}`);
    expect(items.map(({ code }) => code).sort()).toEqual([...numbered('党', 103), ...numbered('管', 151)].sort());
    expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['draft']));
    expect(await count('taskBook')).toBe(31);
  });

  test('审定之前十分钟之内撤销：254项全部撤回，留痕只有一条；之后可以重来', async () => {
    const lin = it.person('林晓');
    const before = await count('auditEntry');
    const zhou = it.person('周启明').person;
    const approval = { ...it.world.store.messagesOf(it.world.store.directChat(zhou.openId).chatId).at(-1) };
    await it.moveTo('2026-05-28 16:02');
    // 卡片找不着了，说一声就再发一张。
    await lin.says('撤销');
    expect(textOfCard(lin.lastCard())).toContain('审定之前、16:08之前可以撤销');
    expect(await lin.clicks('撤销导入')).toMatchObject({ toast: { content: '已撤销导入' } });
    expect([await count('workItem'), await count('taskBook'), await count('auditEntry')]).toEqual([0, 0, before + 1]);
    expect(textOfCard(lin.lastCard())).toContain('导入已撤销');
    // 主任手里的审定卡跟着撤回；还在按旧样子的，得到一句话。
    expect(textOfCard(it.person('周启明').lastCard())).toContain('林晓撤销了《2026年重点工作任务-修订.xlsx》的导入，没有需要您审定的任务书。');
    const value = valueIn(approval.content, 'task-books.approve');
    const { seen } = await it.acts.forgesClick(zhou.openId, approval.messageId ?? '', { tag: 'button', value });
    expect(seen).toMatchObject({ toast: { type: 'error', content: '这次导入已经撤销，没有可审定的任务书' } });
    await lin.sendsFile(corrected, fixture(corrected));
    await lin.clicks('确认导入');
    expect(await count('workItem')).toBe(254);
  });

  test('撤销与审定碰在一起：审定在先的，撤销办不成，254项一项不少', async () => {
    const lin = it.person('林晓');
    // 单独跑这一条时，还什么都没有导入。
    if ((await count('workItem')) === 0) {
      await lin.sendsFile(corrected, fixture(corrected));
      await lin.clicks('确认导入');
    }
    const approving = new pg.Client({ connectionString: it.app.database.pool.options.connectionString });
    await approving.connect();
    const move = (from: string, to: string) => approving.query('UPDATE "TaskBook" SET status = $2 WHERE status = $1', [from, to]);
    await approving.query('BEGIN');
    await move('pendingApproval', 'approved');
    const pressed = lin.clicks('撤销导入');
    // 撤销的事务等着审定的：等它排上队，再让审定提交。
    await vi.waitFor(async () => {
      const { rows: waiting } = await approving.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(waiting.length).toBeGreaterThan(0);
    });
    await approving.query('COMMIT');
    expect(await pressed).toMatchObject({
      toast: { content: '任务书已经审定，不能再撤销导入；没有下达的，请督查室主任在审定卡上退回' },
    });
    expect([await count('workItem'), await count('taskBook')]).toEqual([254, 31]);
    // 审定了的，不等十分钟也撤不掉。
    expect(await lin.clicks('撤销导入')).toMatchObject({
      toast: { content: '任务书已经审定，不能再撤销导入；没有下达的，请督查室主任在审定卡上退回' },
    });
    await move('approved', 'pendingApproval');
    await approving.end();
  });

  test('十分钟一过，卡片上没有撤销按钮，事项还在', async () => {
    const lin = it.person('林晓');
    expect(textOfCard(lin.lastCard())).toContain('撤销导入');
    const { chatId } = it.world.store.directChat(lin.person.openId);
    const before = { ...it.world.store.messagesOf(chatId).findLast(({ content }) => content.includes('撤销导入')) };
    await it.moveTo('2026-05-28 16:12');
    expect(textOfCard(lin.lastCard())).not.toContain('撤销导入');
    expect(textOfCard(lin.lastCard())).toContain('待周启明审定');
    // 手机上还留着按钮的旧样子，按下去也办不成。
    const value = valueIn(before.content, 'task-books.cancel-import');
    const { seen } = await it.acts.forgesClick(lin.person.openId, before?.messageId ?? '', { tag: 'button', value });
    expect(seen).toMatchObject({ toast: { type: 'error', content: expect.stringContaining('超过10分钟，不能撤销') } });
    expect(await count('workItem')).toBe(254);
  });
});

test('年中才启用、把全年的表发来：确认之前先说有多少项一下达就是逾期、怎么办', async () => {
  const late = await startTestApp({ at: '2026-09-15 10:10' });
  try {
    await late.person('林晓').sendsFile(corrected, fixture(corrected));
    const card = late.person('林晓').lastCard();
    expect(textOfCard(card)).toContain(
      '81项的时限已过：一下达就是逾期，当天亮红灯，随后催办。年中启用的，请在“完成情况”一列（没有就加上）写“已办结”或百分之几',
    );
    expect(JSON.stringify(card)).toContain('将写入254项任务（81项时限已过）');
  } finally {
    await late.close();
  }
});
