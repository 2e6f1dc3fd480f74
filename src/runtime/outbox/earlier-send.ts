import type { Clock } from '#core/clock';
import type { Database } from '#db/client';
import { withStatements } from '#db/transaction';
import { PlatformError } from '#platform/errors';
import type { ChatPlace, ChatReader, Said } from '#platform/port';
import type { ClaimedEntry } from './claims/store.ts';
import { OutcomeUnknown, uuidLifeMs } from './retry.ts';
import { adoptMessage, findAnyMessageTo } from './store.ts';

export interface EarlierSendParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly reader: ChatReader;
}

/** 平台的钟和我们的差多少也找得到 */
const skewMs = 5 * 60 * 1000;

/**
 * 先前送到的 — after an hour the platform no longer knows the uuid of a send, and what was on its way when the program ended may have arrived.
 * So the history of the chat is read first: a message of ours that no row accounts for, and that says the same, is the one.
 * @returns its id; null: send it
 * @throws OutcomeUnknown when the platform does not let us look; PlatformError when it may do so later
 */
export async function findEarlierSend(
  { database, clock, reader }: EarlierSendParts,
  entry: ClaimedEntry,
  { replyTo, said }: { readonly replyTo: string | undefined; readonly said: Said },
): Promise<string | null> {
  if (entry.tryingMs <= uuidLifeMs) return null;
  const now = clock.now().getTime();
  const place = await placeOf(database, entry.recipient ?? '', replyTo);
  const alike = await look(() => reader.findSaid(place, said, new Date(now - entry.tryingMs - skewMs), new Date(now + skewMs)));
  if (alike.length === 0) return null;
  return withStatements(database, (tx) => adoptMessage(tx, { entryId: entry.id, messageIds: alike }));
}

async function placeOf(database: Database, recipient: string, replyTo: string | undefined): Promise<ChatPlace> {
  if (replyTo !== undefined) return { beside: replyTo };
  if (recipient.startsWith('chat:')) return { chat: recipient.slice('chat:'.length) };
  const known = await withStatements(database, (tx) => findAnyMessageTo(tx, recipient));
  if (known === null) throw new OutcomeUnknown('与这个人的单聊里没有过卡片，查不了');
  return { beside: known };
}

/** 平台暂时答不了的，过会儿再查；不让查的，就是查不了。 */
async function look<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof PlatformError) || error.kind === 'unknown' || error.kind === 'rate-limited') throw error;
    throw new OutcomeUnknown(`会话历史查不了（${error.message}）`);
  }
}
