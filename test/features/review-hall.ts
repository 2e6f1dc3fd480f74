import { readFileSync } from 'node:fs';
import type { TestApp } from '../harness.ts';

const planName = '述职测评-2026-12-18.xlsx';

/** 开好场 — plan, draw, slips and sign-in of the session of 18 December; returns the addresses of the slips. */
export async function openHall(it: TestApp): Promise<readonly string[]> {
  const secretary = it.person('沈澄');
  await secretary.sendsFile(planName, readFileSync(new URL(`../fixtures/${planName}`, import.meta.url)));
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
