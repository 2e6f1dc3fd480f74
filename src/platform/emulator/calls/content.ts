import type { MessageType } from '../model.ts';
import type { EmulatorStore } from '../store.ts';
import { Refusal } from './answer.ts';
import { checkCardContent } from './card-check.ts';

const sizeMaxBytes = { text: 150 * 1024, post: 30 * 1024, file: 30 * 1024, image: 30 * 1024 } as const;
/** contract 4.2 lists more types; those that we never send are a gap of the emulator */
const notEmulated = ['audio', 'media', 'sticker', 'share_chat', 'share_user', 'system'];
const mobileNumber = /(?<!\d)1[3-9]\d{9}(?!\d)/;
const mailAddress = /[\w.+-]+@[\w-]+\.[\w.]+/;

/** 检查内容 — type, JSON in a string, size, audit, keys, card. @throws Refusal */
export function checkContent(store: EmulatorStore, msgType: unknown, content: unknown): MessageType {
  if (typeof msgType === 'string' && notEmulated.includes(msgType)) {
    store.recordGap('msg_type', msgType);
    throw new Refusal(99991201, `msg_type ${msgType} is not emulated`, { status: 501 });
  }
  if (msgType !== 'text' && msgType !== 'post' && msgType !== 'interactive' && msgType !== 'file' && msgType !== 'image') {
    throw new Refusal(230001, 'msg_type is invalid');
  }
  if (typeof content !== 'string') throw new Refusal(230001, 'content is not a string in json format');
  const max = msgType === 'interactive' ? store.switches().cardBytesMax : sizeMaxBytes[msgType];
  if (Buffer.byteLength(content) > max) throw new Refusal(230025);
  const parsed = parseObject(content);
  if (store.switches().dlp && (mobileNumber.test(content) || mailAddress.test(content))) throw new Refusal(230028);
  switch (msgType) {
    case 'text':
      if (typeof parsed['text'] !== 'string' || parsed['text'] === '') throw new Refusal(230001, 'text is required');
      break;
    case 'post':
      if (!Object.values(parsed).every(isPostLocale)) throw new Refusal(230001, 'post needs {locale: {title, content: [[…]]}}');
      break;
    case 'file':
    case 'image':
      ownKey(store, msgType, parsed[`${msgType}_key`]);
      break;
    case 'interactive':
      checkCardContent(store, parsed);
      break;
  }
  return msgType;
}

function parseObject(content: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(content);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Readonly<Record<string, unknown>>;
  } catch {
    // 落到下面，与不是对象的 JSON 同样拒绝。
  }
  throw new Refusal(230001, 'content is not a string in json format');
}

function isPostLocale(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { content } = value as { content?: unknown };
  return Array.isArray(content) && content.every(Array.isArray);
}

/** 只能发本应用上传的、类型相符的文件 */
function ownKey(store: EmulatorStore, kind: 'file' | 'image', key: unknown): void {
  if (typeof key !== 'string' || key === '') throw new Refusal(230001, `${kind}_key is required`);
  const file = store.file(key);
  if (file?.kind !== kind || file.owner !== 'bot') throw new Refusal(230017);
  if (file.type === 'mp4') throw new Refusal(230055);
}
