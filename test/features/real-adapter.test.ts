import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startTestApp, textOfCard } from '../harness.ts';

test('换成真的飞书适配器（官方 SDK 经 HTTP）：同一条路照样走通，平台从不喊停', async () => {
  const it = await startTestApp({ overHttp: true });
  const [lin, zhou] = [it.person('林晓'), it.person('周启明')];
  await lin.sendsFile('2026年重点工作任务-修订.xlsx', readFileSync(new URL('../fixtures/2026年重点工作任务-修订.xlsx', import.meta.url)));
  await lin.clicks('确认导入');
  await zhou.clicks('审定');
  await zhou.clicks('下达');
  const books = it.world.store
    .chats()
    .flatMap(({ chatId }) => it.world.store.messagesOf(chatId))
    .filter(({ content }) => content.includes('签收时限'));
  expect(books).toHaveLength(93);
  await it.person('曾小雨').clicks('签收');
  expect(textOfCard(it.person('梁海生').lastCard())).toContain('已签收');
  await zhou.says('诊断');
  expect(JSON.stringify(zhou.lastCard())).toContain('飞书凭证');
  const calls = it.world.store.apiCalls();
  expect(calls.filter(({ status }) => (status ?? 0) >= 400)).toEqual([]);
  await it.close();
}, 240_000);
