import type { Recipient } from '#core/outbox';
import type { Content, Said } from '../port.ts';

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

/** 是这句话吗 — whether a message of the history is what was said; a card that the platform does not show whole or by its title may be. */
export function isSaid(said: Said, type: string | undefined, content: string | undefined): boolean {
  const body = objectIn(content ?? '');
  if ('text' in said) return type === 'text' && body['text'] === withoutMentions(said.text);
  if ('fileName' in said) return type === 'file' && body['file_name'] === said.fileName;
  if (type !== 'interactive') return false;
  const title = titleOf(body) ?? body['title'];
  return typeof title !== 'string' || title === titleOf(said.card);
}

type Json = Readonly<Record<string, unknown>>;

const titleOf = (card: object): unknown => objectAt(objectAt(card as Json, 'header'), 'title')['content'];

function objectIn(text: string): Json {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // 读不出来的，就是没说。
    return {};
  }
}

const objectAt = (object: Json, key: string): Json => asObject(object[key]);
const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
