import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import type { TestApp } from '../harness.ts';

export const planName = '述职测评-2026-12-18.xlsx';

/** 场次的改法：设置写成别的；台上只留几家；来宾只留几位 */
export interface PlanChange {
  readonly settings?: Readonly<Record<string, string>>;
  readonly units?: number;
  readonly guests?: number;
  /** 每一类只留前几位 */
  readonly perClass?: number;
  /** 这一类也用纸质票 */
  readonly bySlip?: string;
  /** 再添几位测评人：姓名、类别、单位、手机号（空的用纸质票） */
  readonly add?: readonly (readonly [string, string, string, string])[];
}

/** 方案表 — the workbook of 18 December, changed. */
export async function planWith({ settings = {}, units, guests, perClass, bySlip, add = [] }: PlanChange): Promise<Buffer> {
  const bytes = readFileSync(new URL(`../fixtures/${planName}`, import.meta.url));
  if (Object.keys(settings).length === 0 && units === undefined && [guests, perClass, bySlip, add[0]].every((change) => change === undefined))
    return bytes;
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(bytes as unknown as ArrayBuffer);
  const sheet = sheetOf(book, '场次');
  for (const [name, value] of Object.entries(settings)) put(sheet, name, value);
  if (units !== undefined) {
    const stage = sheetOf(book, '台上单位');
    for (let row = stage.rowCount; row > 1 + units; row -= 1) stage.spliceRows(row, 1);
    put(sheet, '台上单位数', String(units));
  }
  if (guests !== undefined) {
    const roll = sheetOf(book, '测评人');
    const slips = [...Array(roll.rowCount).keys()].map((index) => index + 1).filter((row) => roll.getCell(row, 3).value === '群众代表');
    for (const row of slips.slice(guests).reverse()) roll.spliceRows(row, 1);
    put(sheetOf(book, '类别与权重'), '群众代表', guests);
  }
  if (perClass !== undefined) {
    const roll = sheetOf(book, '测评人');
    const seen = new Map<string, number>();
    const beyond: number[] = [];
    for (let row = 2; row <= roll.rowCount; row += 1) {
      const voterClass = String(roll.getCell(row, 3).value);
      const nth = (seen.get(voterClass) ?? 0) + 1;
      seen.set(voterClass, nth);
      if (nth > perClass) beyond.push(row);
    }
    for (const row of beyond.reverse()) roll.spliceRows(row, 1);
    for (const [voterClass, count] of seen) put(sheetOf(book, '类别与权重'), voterClass, Math.min(count, perClass));
  }
  if (bySlip !== undefined) {
    const roll = sheetOf(book, '测评人');
    for (let row = 2; row <= roll.rowCount; row += 1) if (roll.getCell(row, 3).value === bySlip) roll.getCell(row, 7).value = '纸质二维码票';
  }
  for (const [name, voterClass, workplace, mobile] of add) {
    const [roll, classes] = [sheetOf(book, '测评人'), sheetOf(book, '类别与权重')];
    roll.addRow([roll.rowCount, name, voterClass, '代表', workplace, mobile, mobile === '' ? '纸质二维码票' : '飞书', '到会']);
    const row = classes.getColumn(1).values.indexOf(voterClass);
    classes.getCell(row, 2).value = Number(classes.getCell(row, 2).value) + 1;
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}

function sheetOf(book: ExcelJS.Workbook, name: string): ExcelJS.Worksheet {
  const sheet = book.getWorksheet(name);
  if (!sheet) throw new Error(`方案里没有“${name}”`);
  return sheet;
}

/** 第一列是这个名字的那一行，第二列写成这个值；没有就添一行 */
function put(sheet: ExcelJS.Worksheet, name: string, value: string | number): void {
  const row = sheet.getColumn(1).values.findIndex((cell) => cell === name);
  if (row > 0) sheet.getCell(row, 2).value = value;
  else sheet.addRow([name, value]);
}

/** 发来方案 */
export async function sendPlan(it: TestApp, change: PlanChange = {}): Promise<void> {
  await it.person('沈澄').sendsFile(planName, await planWith(change));
}

/** 正在签到的一场 */
const signingIn = `SELECT id FROM "ReviewSession" WHERE state = 'signIn' ORDER BY "createdAt" DESC LIMIT 1`;

/** 一起签到 — who got no answer, or a wrong one because the machine is busy, presses again, as people do. */
export async function signIn(it: TestApp, names: readonly string[]): Promise<void> {
  const isIn = async (name: string): Promise<boolean> =>
    (await it.app.database.pool.query(`SELECT 1 FROM "ReviewVoter" WHERE name = $1 AND present AND "sessionId" = (${signingIn})`, [name])).rows
      .length > 0;
  await Promise.all(
    names.map(async (name) => {
      let answer = await it.person(name).clicks('签到');
      for (let press = 1; !(await isIn(name)); press += 1) {
        if (press === 10) throw new Error(`${name}签不了到：${JSON.stringify(answer)}`);
        answer = await it.person(name).clicks('签到');
      }
    }),
  );
}

/** 开好场 — plan, draw, slips and sign-in of the session of 18 December; returns the addresses of the slips. */
export async function openHall(it: TestApp, change: PlanChange = {}): Promise<readonly string[]> {
  const secretary = it.person('沈澄');
  await sendPlan(it, change);
  await secretary.clicks('确认方案');
  await secretary.clicks('锁定名册');
  for (const [index, name] of ['罗静', '白露', '石磊'].entries())
    await it.person(name).clicks('提交取数', { form: { number: ['371920', '084415', '559003'][index] ?? '' } });
  await secretary.clicks('开始签到');
  await secretary.says('述职 打印票');
  const [address = ''] = /\/p\/print\/\S+/.exec(secretary.texts().at(-1) ?? '') ?? [];
  const sheet = await (await fetch(`http://127.0.0.1:${it.app.port}${address}`, { method: 'POST', body: new URLSearchParams() })).text();
  const { rows } = await it.app.database.pool.query<{ name: string }>(
    `SELECT name FROM "ReviewVoter" WHERE channel = 'card' AND "sessionId" = (${signingIn}) ORDER BY position`,
  );
  await signIn(
    it,
    rows.map(({ name }) => name).filter((name) => name !== '谢静怡'),
  );
  await secretary.clicks('登记来宾');
  await secretary.clicks('登记到会', { form: {} });
  const opened = JSON.stringify(await secretary.clicks('开场'));
  if (!opened.includes('已开场')) throw new Error(`没有开场：${opened}`);
  return [...sheet.matchAll(/\/p\/ballot\/[\w-]{22}/g)].map(([path]) => path);
}
