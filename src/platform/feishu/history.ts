import { PlatformError } from '../errors.ts';
import type { ChatPlace, Said } from '../port.ts';
import type { Call } from './call.ts';
import { isSaid } from './content.ts';

const pageSize = 50;
const pagesMax = 40;

/** 说过没有 — looks through the history of a chat, `GET /im/v1/messages` (contract 4.3). @throws PlatformError */
export async function findSaid(
  call: Call,
  {
    appId,
    place,
    said,
    from,
    to,
  }: { readonly appId: string; readonly place: ChatPlace; readonly said: Said; readonly from: Date; readonly to: Date },
): Promise<readonly string[]> {
  const chatId = 'chat' in place ? place.chat : await chatOf(call, place.beside);
  const found: string[] = [];
  let pageToken = '';
  for (let page = 0; page < pagesMax; page += 1) {
    const params = {
      container_id_type: 'chat',
      container_id: chatId,
      // 平台按整秒算。
      start_time: String(Math.floor(from.getTime() / 1000)),
      end_time: String(Math.ceil(to.getTime() / 1000)),
      sort_type: 'ByCreateTimeAsc' as const,
      page_size: pageSize,
      // 卡片默认只回简化的内容，2.0 的连标题也没有：要原件。
      card_msg_content_type: 'user_card_content',
      ...(pageToken === '' ? {} : { page_token: pageToken }),
    };
    const { data } = await call('findSaid', (client, options) => client.im.v1.message.list({ params }, options));
    for (const { message_id: messageId, msg_type: type, sender, body } of data?.items ?? []) {
      if (messageId && sender?.id === appId && isSaid(said, type, body?.content)) found.push(messageId);
    }
    pageToken = data?.page_token ?? '';
    if (!data?.has_more || pageToken === '') break;
  }
  return found;
}

async function chatOf(call: Call, messageId: string): Promise<string> {
  const path = { message_id: encodeURIComponent(messageId) };
  const { data } = await call('getMessage', (client, options) => client.im.v1.message.get({ path }, options));
  const chatId = data?.items?.[0]?.chat_id;
  if (!chatId) throw new PlatformError('unknown', 'feishu getMessage: the answer holds no chat');
  return chatId;
}
