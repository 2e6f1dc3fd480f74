import { type ApiAnswer, binary, ok, Refusal } from './answer.ts';
import { imageSize } from './image-size.ts';
import { messageAt } from './messages.ts';
import type { ApiRequest, CallContext } from './request.ts';

const fileTypes = ['opus', 'mp4', 'pdf', 'doc', 'xls', 'ppt', 'stream'];
const fileMaxBytes = 30 * 1024 * 1024;
const imageMaxBytes = 10 * 1024 * 1024;
const downloadMaxBytes = 100 * 1024 * 1024;
/** pixels on a side */
const sideMax = { message: 12_000, gif: 2_000, avatar: 4_096 } as const;

/** 上传文件 `POST /im/v1/files` @throws Refusal */
export function createFile({ store }: CallContext, { upload }: ApiRequest): ApiAnswer {
  const { file_type: type, file_name: name } = upload?.fields ?? {};
  if (type === undefined || !fileTypes.includes(type) || name === undefined || name === '' || !upload?.file) throw new Refusal(234001);
  checkSize(upload.file, fileMaxBytes);
  const { fileKey } = store.addFile({ kind: 'file', type, name, owner: 'bot' }, upload.file);
  return ok({ file_key: fileKey });
}

/** 上传图片 `POST /im/v1/images` @throws Refusal */
export function createImage({ store }: CallContext, { upload }: ApiRequest): ApiAnswer {
  const { image_type: type } = upload?.fields ?? {};
  if ((type !== 'message' && type !== 'avatar') || !upload?.file) throw new Refusal(234001);
  checkSize(upload.file, imageMaxBytes);
  const size = imageSize(upload.file);
  if (!size) throw new Refusal(234011);
  const max = type === 'avatar' ? sideMax.avatar : size.format === 'gif' ? sideMax.gif : sideMax.message;
  if (size.width > max || size.height > max) throw new Refusal(234039);
  const { fileKey } = store.addFile({ kind: 'image', type, name: `image.${size.format}`, owner: 'bot' }, upload.file);
  return ok({ image_key: fileKey });
}

/** 下载消息里的文件 `GET /im/v1/messages/:message_id/resources/:file_key` @throws Refusal */
export function getResource({ store }: CallContext, { params, query }: ApiRequest): ApiAnswer {
  const { type } = query;
  if (type !== 'file' && type !== 'image') throw new Refusal(234001, 'type must be file or image');
  const message = messageAt(store, params['message_id']);
  if (message.recalled) throw new Refusal(230110);
  if (!store.chat(message.chatId)?.botIn) throw new Refusal(234004);
  const fileKey = params['file_key'] ?? '';
  const file = store.file(fileKey);
  const { file_key: inFile, image_key: inImage } = JSON.parse(message.content) as { file_key?: string; image_key?: string };
  if (!file || (fileKey !== inFile && fileKey !== inImage)) throw new Refusal(234003);
  if (file.size > downloadMaxBytes) throw new Refusal(234037);
  const bytes = store.fileBytes(fileKey);
  if (!bytes) throw new Refusal(234003);
  return binary(bytes, file.name);
}

function checkSize(bytes: Uint8Array, maxBytes: number): void {
  if (bytes.byteLength === 0) throw new Refusal(234010);
  if (bytes.byteLength > maxBytes) throw new Refusal(234006);
}
