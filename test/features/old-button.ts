import { expect } from 'vitest';
import type { TestApp } from '../harness.ts';
import { inDatabase } from './given-books.ts';

/** 旧按钮 — as it stands on the newest card that has it, sealed when the card was drawn. */
export interface OldButton {
  readonly openId: string;
  readonly messageId: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** 记下手上的按钮 @param action `progress.open-form` */
export function keepButton(it: TestApp, name: string, action: string): OldButton {
  const { openId } = it.person(name).person;
  const { chatId } = it.world.store.directChat(openId);
  const seal = new RegExp(`"value":(\\{"a":"${action}".*?"m":"[^"]+"\\})`);
  const message = it.world.store.messagesOf(chatId).findLast(({ content }) => seal.test(content));
  if (!message) throw new Error(`${name} 的卡片上没有 ${action}`);
  return { openId, messageId: message.messageId, value: JSON.parse(seal.exec(message.content)?.[1] ?? '{}') as Record<string, unknown> };
}

/** 不再归他的人点旧按钮、打字、发文件 — each is refused, and nothing is changed: no report, no import, not one line of the trail. */
export async function expectPowerless(it: TestApp, { openId, messageId, value }: OldButton, code: string): Promise<void> {
  const state = () =>
    inDatabase(it, async (db) => [
      await db.auditEntry.count(),
      await db.progressReport.count(),
      await db.workbookImport.count(),
      await db.reportAttachment.count(),
    ]);
  const before = await state();
  const { seen } = await it.acts.forgesClick(openId, messageId, { tag: 'button', value });
  expect(seen).toMatchObject({ toast: { type: 'error', content: expect.stringMatching(/^您无权反馈该事项/) }, card: null });
  const since = it.logLines.length;
  await it.acts.says(openId, 'bot', `${code} 66%`);
  await it.settled();
  await it.acts.sendsFile(openId, 'bot', { name: '完成情况.pdf', bytes: new TextEncoder().encode('%PDF-1.7 完成情况') });
  await it.settled();
  expect(it.logLines.slice(since).filter((line) => line.includes('message refused'))[0]).toContain('may not reportProgress');
  expect(await state()).toEqual(before);
}
