import type { Recipient } from '#core/outbox';
import type { Content } from '../port.ts';

/** 收件人 — id and kind of id, as the platform wants them. */
export function toReceiver(to: Recipient): { readonly id: string; readonly type: 'open_id' | 'chat_id' } {
  return 'person' in to ? { id: to.person, type: 'open_id' } : { id: to.chat, type: 'chat_id' };
}

/** 消息内容 — JSON inside a string, by type. */
export function toMessage(content: Content): { readonly msg_type: 'interactive' | 'text' | 'file'; readonly content: string } {
  if ('card' in content) return { msg_type: 'interactive', content: JSON.stringify(content.card) };
  if ('fileKey' in content) return { msg_type: 'file', content: JSON.stringify({ file_key: content.fileKey }) };
  return { msg_type: 'text', content: JSON.stringify({ text: withoutMentions(content.text) }) };
}

/** 文字里写的 `<at …>` 会变成真的 @（甚至 @所有人）；我们的文字从不提醒谁，换成全角括号原样显示。 */
function withoutMentions(text: string): string {
  return text.replace(/<(?=\s*\/?\s*at\b)/gi, '＜');
}
