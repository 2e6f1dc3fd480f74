import { z } from 'zod';
import type { Card } from '#cards/kit/card';
import type { Clock } from '#core/clock';
import { systemActor, type Tx } from '#core/context';
import { closedKey, type Follow, type Recipient, replacedKey } from '#core/outbox';
import { type Work, withStatementsTogether } from '#db/transaction';
import { PlatformError } from '#platform/errors';
import type { ChatReader, Content, Said, Sent } from '#platform/port';
import { createBatcher } from '../batcher.ts';
import type { SystemCards } from '../inbound/parts.ts';
import type { Log } from '../log.ts';
import type { Seal } from '../seal.ts';
import { writeClosing } from '../store.ts';
import type { Surroundings } from '../unit-of-work.ts';
import {
  type CardContentOrName,
  createOutboxBuffer,
  type SendCardPayload,
  type SendFilePayload,
  type SendTextPayload,
  type UpdateCardPayload,
} from './buffer.ts';
import { cardVersions } from './card-versions.ts';
import { type ClaimedEntry, type Settlement, settle } from './claims/store.ts';
import { findEarlierSend } from './earlier-send.ts';
import { endOf, NotKnownHere } from './retry.ts';
import { findLastMessageTo, findLiveCards, messagesPerUpdate, replaceCards, retireCardMessage, saveCardMessage, saveCardUpdate } from './store.ts';
import type { OutboxWriter } from './throttle.ts';
import { createUploads, type Uploads } from './upload.ts';

export interface DeliverParts extends Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly seal: Seal;
  readonly writer: OutboxWriter;
  readonly reader: ChatReader;
  readonly runJob: (entry: ClaimedEntry) => Promise<void>;
  /** a card's definition by its name */
  readonly findCard: (name: string) => ((props: never) => Card) | undefined;
  /** where a text that stands in for a refused card points to */
  readonly botLink: string | undefined;
  readonly notice: SystemCards['notice'];
}

/** 记账 — statements of deliveries that end at the same moment share one commit. */
type Commit = <T>(work: Work<T>) => Promise<T>;
type Parts = DeliverParts & { readonly commit: Commit };

/** 送出一行 — sends it and settles the row; a failure becomes a retry, a smaller card, or a dead letter that can be seen. */
export function createDeliver(given: DeliverParts): (entry: ClaimedEntry) => Promise<void> {
  const batcher = createBatcher<Work<unknown>, unknown>((works) => withStatementsTogether(given.database, works), { sizeMax: 64, inFlightMax: 1 });
  const { database, clock, writer } = given;
  const uploads = createUploads({ database, clock, upload: (fileName, content) => writer.uploadFile(fileName, content) });
  const parts: Parts = { ...given, commit: <T>(work: Work<T>) => batcher.add(work) as Promise<T> };
  return async (entry) => {
    try {
      switch (entry.kind) {
        case 'sendCard':
          return await sendCard(parts, entry);
        case 'updateCard':
          return await updateCard(parts, entry);
        case 'sendText':
          return await sendText(parts, entry);
        case 'urgent':
          return await urge(parts, entry);
        case 'sendFile':
          return await sendFile(parts, uploads, entry);
        case 'job':
          return await parts.runJob(entry);
        default:
          throw new NotKnownHere(`the kind "${entry.kind satisfies never}"`);
      }
    } catch (error) {
      await settleFailure(parts, entry, error);
    }
  };
}

async function settleFailure(parts: Parts, entry: ClaimedEntry, error: unknown): Promise<void> {
  const end = endOf(entry, error);
  const fields = { outboxId: entry.id, kind: entry.kind, recipient: entry.recipient, cardKey: entry.cardKey, attempts: entry.attempts, err: error };
  if (end.state === 'dead') parts.log.error(fields, 'outbox: given up');
  else parts.log.warn(fields, 'outbox: will be tried again');
  try {
    await parts.commit(async (tx) => {
      const settled = await settle(tx, endOfEntry(parts, entry, end));
      if (settled && end.state === 'dead') await queueFollow(tx, entry, parts.clock.now());
    });
  } catch (settleError) {
    // 写不进结果就让租约到期：到时会按同一 uuid 再发，平台只收一次。
    parts.log.warn({ outboxId: entry.id, err: settleError }, 'outbox: the end could not be written');
  }
}

/** 善后 — whoever sent it learns that it was not delivered, by the job that was named with it. */
async function queueFollow(tx: Tx, entry: ClaimedEntry, now: Date): Promise<void> {
  const { whenLost } = (entry.payload ?? {}) as { readonly whenLost?: Follow };
  if (whenLost === undefined) return;
  const outbox = createOutboxBuffer(now, systemActor);
  outbox.job({ name: whenLost.job, payload: z.unknown() }, whenLost.payload, { dedupeKey: `lost:${entry.id}` });
  await writeClosing(tx, { inbox: null, effects: outbox.effects, now });
}

/** 发送 — unless it arrived long ago; a reply to a message that is gone becomes a plain message to the same place. */
async function transmit(
  parts: Parts,
  entry: ClaimedEntry,
  { content, said, replyTo }: { content: Content; said: Said; replyTo: string | undefined },
): Promise<Pick<Sent, 'messageId'>> {
  const earlier = await findEarlierSend(parts, entry, { replyTo, said });
  if (earlier !== null) return { messageId: earlier };
  const to = asRecipient(entry.recipient ?? '');
  if (replyTo === undefined) return parts.writer.send(to, content, entry.id);
  try {
    return await parts.writer.reply(replyTo, content, entry.id, to);
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'gone') return parts.writer.send(to, content, entry.id);
    throw error;
  }
}

async function sendCard(parts: Parts, entry: ClaimedEntry): Promise<void> {
  const { card: stored, replyTo, replaces = [] } = entry.payload as SendCardPayload;
  const card = rebuild(parts, stored);
  const recipient = entry.recipient ?? '';
  const sentAt = parts.clock.now();
  const versions = cardVersions(card, { seal: (value) => parts.seal.seal(value, recipient, sentAt), link: parts.botLink });
  let degraded: string | undefined;
  for (const version of versions) {
    try {
      const content = version();
      const { messageId } = await transmit(parts, entry, { content, said: content, replyTo });
      const { cardKey } = entry;
      await parts.commit(async (tx) => {
        if ('card' in content && cardKey !== null) {
          await saveCardMessage(tx, { messageId, cardKey, recipient, sentAt, card: content.card, revision: entry.seq });
          if (replaces.length > 0) await replaceOlder(parts, tx, { messageId, cardKeys: replaces, recipient, revision: entry.seq });
        }
        await settle(tx, endOfEntry(parts, entry, { state: 'sent', messageId, ...(degraded === undefined ? {} : { error: degraded }) }));
      });
      return;
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== 'rejected' || version === versions.at(-1)) throw error;
      degraded = `卡片被平台拒收，已改发更简单的内容：${error.message}`;
      parts.log.error(
        { outboxId: entry.id, cardKey: entry.cardKey, definition: card.definition, err: error },
        'outbox: card refused, sending a smaller one',
      );
    }
  }
}

/** 换下旧的 — where the buttons were, the old message says that there is a newer one. */
async function replaceOlder(parts: Parts, tx: Tx, newest: Parameters<typeof replaceCards>[1]): Promise<void> {
  const replaced = await replaceCards(tx, newest);
  const now = parts.clock.now();
  const outbox = createOutboxBuffer(now, systemActor);
  for (const { messageId, title } of replaced) {
    outbox.updateCard({ cardKey: replacedKey(messageId), card: parts.notice({ title, text: '已更新，请看新卡片。', tone: 'expired' }) });
  }
  if (replaced.length > 0) await writeClosing(tx, { inbox: null, effects: outbox.effects, now });
}

/** 还原卡片 — rows carry the name and the contents; the card is drawn when it is sent. */
function rebuild(parts: Parts, stored: CardContentOrName): Card {
  if (!('props' in stored)) return stored;
  const definition = parts.findCard(stored.definition);
  if (!definition) throw new NotKnownHere(`the card "${stored.definition}"`);
  return definition(stored.props as never);
}

async function updateCard(parts: Parts, entry: ClaimedEntry): Promise<void> {
  const card = rebuild(parts, (entry.payload as UpdateCardPayload).card);
  const found = await parts.commit((tx) => findLiveCards(tx, { cardKey: entry.cardKey ?? '', before: entry.seq }));
  // 收的人多：额度是按这几张记的，余下的下一轮再认领。
  const end: End = found.length > messagesPerUpdate ? { state: 'pending', retryInMs: 0, refundAttempt: true } : { state: 'sent' };
  const messages = found.slice(0, messagesPerUpdate);
  if (messages.length === 0) await settleAs(parts, entry, end);
  for (const message of messages) {
    const now = parts.clock.now();
    const versions = cardVersions(card, { seal: (value) => parts.seal.seal(value, message.recipient, now), link: undefined });
    // 改完最后一张，这一行随同一次提交了结。
    await updateMessage(parts, entry, { message, card, versions, end: message === messages.at(-1) ? end : null });
  }
}

async function updateMessage(
  parts: Parts,
  entry: ClaimedEntry,
  {
    message,
    card,
    versions,
    end,
  }: { message: { messageId: string; recipient: string }; card: Card; versions: ReturnType<typeof cardVersions>; end: End | null },
): Promise<void> {
  const { messageId, recipient } = message;
  const record = (write: (tx: Tx) => Promise<unknown>): Promise<void> =>
    parts.commit(async (tx) => {
      await write(tx);
      if (end) await settle(tx, endOfEntry(parts, entry, end));
    });
  for (const version of versions) {
    const content = version();
    if (!('card' in content)) continue;
    try {
      await parts.writer.update(messageId, content.card);
      await record((tx) => saveCardUpdate(tx, { messageId, card: content.card, revision: entry.seq }));
      return;
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      if (error.kind === 'rejected' && version !== versions.at(-1)) continue;
      if (error.kind !== 'gone') throw error;
      const expired = error.code === expiredCode;
      await record(async (tx) => {
        await retireCardMessage(tx, { messageId, state: expired ? 'expired' : 'recalled' });
        if (expired && entry.cardKey !== replacedKey(messageId) && entry.cardKey !== closedKey(messageId))
          await reissue(parts, tx, { messageId, recipient, cardKey: entry.cardKey ?? '', card });
      });
      return;
    }
  }
  if (end) await settleAs(parts, entry, end);
}

/** 换发 — 超过 14 天的卡片不能再更新：换发一张新的，按钮才是活的（contract 2.4）。 */
async function reissue(
  parts: Parts,
  tx: Tx,
  { messageId, recipient, cardKey, card }: { messageId: string; recipient: string; cardKey: string; card: Card },
): Promise<void> {
  const now = parts.clock.now();
  const outbox = createOutboxBuffer(now, systemActor);
  outbox.sendCard({ to: asRecipient(recipient), cardKey, card, dedupeKey: `reissue:${messageId}`, priority: 'task' });
  await writeClosing(tx, { inbox: null, effects: outbox.effects, now });
}

/** 平台错误码：消息发出超过 14 天（contract 4.3）。 */
const expiredCode = 230031;

async function sendText(parts: Parts, entry: ClaimedEntry): Promise<void> {
  const { text, replyTo } = entry.payload as SendTextPayload;
  const { messageId } = await transmit(parts, entry, { content: { text }, said: { text }, replyTo });
  await settleAs(parts, entry, { state: 'sent', messageId });
}

/** 加急 — of the newest card of that key to that person; a card that went out as plain text has nothing to be urged. */
async function urge(parts: Parts, entry: ClaimedEntry): Promise<void> {
  const recipient = entry.recipient ?? '';
  const to = asRecipient(recipient);
  const messageId = await parts.commit((tx) => findLastMessageTo(tx, { cardKey: entry.cardKey ?? '', recipient }));
  if (messageId === null || !('person' in to)) {
    await settleAs(parts, entry, { state: 'sent', error: '没有可以加急的卡片' });
    return;
  }
  const { unreached } = await parts.writer.urge(messageId, [to.person]);
  await settleAs(parts, entry, { state: 'sent', messageId, ...(unreached.length > 0 ? { error: '平台没有加急给本人' } : {}) });
}

async function sendFile(parts: Parts, uploads: Uploads, entry: ClaimedEntry): Promise<void> {
  const { fileName, blobId, replyTo } = entry.payload as SendFilePayload;
  const file = { blobId, fileName };
  const fileKey = await uploads.keyOf(file);
  const { messageId } = await transmit(parts, entry, { content: { fileKey }, said: { fileName }, replyTo }).catch(async (error: unknown) => {
    if (!(error instanceof PlatformError) || error.kind !== 'rejected') throw error;
    // 平台不认这把钥匙（换了应用，或文件已被清掉）：重新上传，再试一次。
    await uploads.forget(file, fileKey);
    return transmit(parts, entry, { content: { fileKey: await uploads.keyOf(file) }, said: { fileName }, replyTo });
  });
  await settleAs(parts, entry, { state: 'sent', messageId });
}

type End = Omit<Settlement, 'id' | 'fence' | 'now'>;

function endOfEntry({ clock }: Parts, { id, fence }: ClaimedEntry, end: End): Settlement {
  return { id, fence, now: clock.now(), ...end };
}

function settleAs(parts: Parts, entry: ClaimedEntry, end: End): Promise<boolean> {
  return parts.commit((tx) => settle(tx, endOfEntry(parts, entry, end)));
}

function asRecipient(key: string): Recipient {
  const [kind, ...rest] = key.split(':');
  return kind === 'chat' ? { chat: rest.join(':') } : { person: rest.join(':') };
}
