import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import type { TestApp } from '../harness.ts';

const planName = '述职测评-2026-12-18.xlsx';

/** 方案表 — the workbook of 18 December with some settings written otherwise, or added. */
export async function planWith(settings: Readonly<Record<string, string>>): Promise<Buffer> {
  const bytes = readFileSync(new URL(`../fixtures/${planName}`, import.meta.url));
  if (Object.keys(settings).length === 0) return bytes;
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(bytes as unknown as ArrayBuffer);
  const sheet = book.getWorksheet('场次');
  if (!sheet) throw new Error('方案里没有“场次”');
  for (const [name, value] of Object.entries(settings)) {
    const row = sheet.getColumn(1).values.findIndex((cell) => cell === name);
    if (row > 0) sheet.getCell(row, 2).value = value;
    else sheet.addRow([name, value]);
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** 开好场 — plan, draw, slips and sign-in of the session of 18 December; returns the addresses of the slips. */
export async function openHall(it: TestApp, settings: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const secretary = it.person('沈澄');
  await secretary.sendsFile(planName, await planWith(settings));
  await secretary.clicks('确认方案');
  await secretary.clicks('锁定名册');
  for (const [index, name] of ['罗静', '白露', '石磊'].entries())
    await it.person(name).clicks('提交取数', { form: { number: ['371920', '084415', '559003'][index] ?? '' } });
  await secretary.clicks('开始签到');
  await secretary.says('述职 打印票');
  const [address = ''] = /\/p\/print\/\S+/.exec(secretary.texts().at(-1) ?? '') ?? [];
  const sheet = await (await fetch(`http://127.0.0.1:${it.app.port}${address}`, { method: 'POST', body: new URLSearchParams() })).text();
  const { rows } = await it.app.database.pool.query<{ name: string }>(`SELECT name FROM "ReviewVoter" WHERE channel = 'card' ORDER BY position`);
  await Promise.all(rows.filter(({ name }) => name !== '谢静怡').map(({ name }) => it.person(name).clicks('签到')));
  await secretary.clicks('登记来宾');
  await secretary.clicks('登记到会', { form: {} });
  await secretary.clicks('开场');
  return [...sheet.matchAll(/\/p\/ballot\/[\w-]{22}/g)].map(([path]) => path);
}
