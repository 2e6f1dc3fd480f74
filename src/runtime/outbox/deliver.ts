import { assertNever } from '#core/assert';
import type { Clock } from '#core/clock';
import { systemActor } from '#core/context';
import type { Recipient } from '#core/outbox';
import { withStatements, withTransaction } from '#db/transaction';
import { readBlob } from '#domain/blobs/store';
import { PlatformError } from '#platform/errors';
import type { ChatWriter, Content, Sent } from '#platform/port';
import type { Log } from '../log.ts';
import type { Seal } from '../seal.ts';
import { writeClosing } from '../store.ts';
import type { Surroundings } from '../unit-of-work.ts';
import type { SendCardPayload, SendFilePayload, SendTextPayload, UpdateCardPayload } from './buffer.ts';
import { createOutboxBuffer } from './buffer.ts';
import { cardVersions } from './card-versions.ts';
import { endOf } from './retry.ts';
import { type ClaimedEntry, findLiveCards, retireCardMessage, saveCardMessage, saveCardUpdate, settle } from './store.ts';

export interface DeliverParts extends Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly seal: Seal;
  readonly writer: ChatWriter;
  readonly runJob: (entry: ClaimedEntry) => Promise<void>;
  /** where a text that stands in for a refused card points to */
  readonly botLink: string | undefined;
}

/** 送出一行 — sends it and settles the row; a failure becomes a retry, a smaller card, or a dead letter that can be seen. */
export function createDeliver(parts: DeliverParts): (entry: ClaimedEntry) => Promise<void> {
  return async (entry) => {
    try {
      switch (entry.kind) {
        case 'sendCard':
          return await sendCard(parts, entry);
        case 'updateCard':
          return await updateCard(parts, entry);
        case 'sendText':
          return await sendText(parts, entry);
        case 'sendFile':
          return await sendFile(parts, entry);
        case 'job':
          return await parts.runJob(entry);
        default:
          return assertNever(entry.kind);
      }
    } catch (error) {
      await settleFailure(parts, entry, error);
    }
  };
}

async function settleFailure(parts: DeliverParts, entry: ClaimedEntry, error: unknown): Promise<void> {
  const end = endOf(entry, error);
  const fields = { outboxId: entry.id, kind: entry.kind, recipient: entry.recipient, cardKey: entry.cardKey, attempts: entry.attempts, err: error };
  if (end.state === 'dead') parts.log.error(fields, 'outbox: given up');
  else parts.log.warn(fields, 'outbox: will be tried again');
  try {
    await withStatements(parts.database, (tx) => settle(tx, { id: entry.id, fence: entry.fence, ...end, now: parts.clock.now() }));
  } catch (settleError) {
    // 写不进结果就让租约到期：到时会按同一 uuid 再发，平台只收一次。
    parts.log.warn({ outboxId: entry.id, err: settleError }, 'outbox: the end could not be written');
  }
}

/** 发送 — a reply to a message that is gone becomes a plain message to the same place. */
async function transmit(
  parts: DeliverParts,
  entry: ClaimedEntry,
  { content, replyTo }: { content: Content; replyTo: string | undefined },
): Promise<Sent> {
  const to = recipientOf(entry);
  if (replyTo === undefined) return parts.writer.send(to, content, entry.id);
  try {
    return await parts.writer.reply(replyTo, content, entry.id);
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'gone') return parts.writer.send(to, content, entry.id);
    throw error;
  }
}

async function sendCard(parts: DeliverParts, entry: ClaimedEntry): Promise<void> {
  const { card, replyTo } = entry.payload as SendCardPayload;
  const recipient = entry.recipient ?? '';
  const sentAt = parts.clock.now();
  const versions = cardVersions(card, { seal: (value) => parts.seal.seal(value, recipient, sentAt), link: parts.botLink });
  let degraded: string | undefined;
  for (const version of versions) {
    try {
      const sent = await transmit(parts, entry, { content: version, replyTo });
      const { cardKey } = entry;
      await withStatements(parts.database, async (tx) => {
        if ('card' in version && cardKey !== null) {
          await saveCardMessage(tx, { messageId: sent.messageId, cardKey, recipient, sentAt, card: version.card, revision: entry.seq });
        }
        await settle(tx, {
          id: entry.id,
          fence: entry.fence,
          state: 'sent',
          now: parts.clock.now(),
          messageId: sent.messageId,
          ...(degraded === undefined ? {} : { error: degraded }),
        });
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

async function updateCard(parts: DeliverParts, entry: ClaimedEntry): Promise<void> {
  const { card } = entry.payload as UpdateCardPayload;
  const live = await withTransaction(parts.database, (tx) => findLiveCards(tx, { cardKey: entry.cardKey ?? '', before: entry.seq }));
  for (const message of live) {
    const now = parts.clock.now();
    const versions = cardVersions(card, { seal: (value) => parts.seal.seal(value, message.recipient, now), link: undefined });
    await updateMessage(parts, entry, { message, card, versions });
  }
  await withStatements(parts.database, (tx) => settle(tx, { id: entry.id, fence: entry.fence, state: 'sent', now: parts.clock.now() }));
}

async function updateMessage(
  parts: DeliverParts,
  entry: ClaimedEntry,
  {
    message,
    card,
    versions,
  }: {
    message: { messageId: string; cardKey: string; recipient: string };
    card: UpdateCardPayload['card'];
    versions: ReturnType<typeof cardVersions>;
  },
): Promise<void> {
  const { messageId, cardKey, recipient } = message;
  for (const version of versions) {
    if (!('card' in version)) continue;
    try {
      await parts.writer.update(messageId, version.card);
      await withTransaction(parts.database, (tx) => saveCardUpdate(tx, { messageId, card: version.card, revision: entry.seq }));
      return;
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      if (error.kind === 'rejected' && version !== versions.at(-1)) continue;
      if (error.kind !== 'gone') throw error;
      await withTransaction(parts.database, async (tx) => {
        const expired = error.code === expiredCode;
        await retireCardMessage(tx, messageId, expired ? 'expired' : 'recalled');
        if (!expired) return;
        // 超过 14 天的卡片不能再更新：换发一张新的，按钮才是活的（contract 2.4）。
        const outbox = createOutboxBuffer(parts.clock.now(), systemActor);
        const to = recipient.startsWith('chat:') ? { chat: recipient.slice(5) } : { person: recipient.slice(7) };
        outbox.sendCard({ to, cardKey, card, dedupeKey: `reissue:${messageId}`, priority: 'task' });
        await writeClosing(tx, { inbox: null, effects: outbox.effects, now: parts.clock.now() });
      });
      return;
    }
  }
}

/** 平台错误码：消息发出超过 14 天（contract 4.3）。 */
const expiredCode = 230031;

async function sendText(parts: DeliverParts, entry: ClaimedEntry): Promise<void> {
  const { text, replyTo } = entry.payload as SendTextPayload;
  const sent = await transmit(parts, entry, { content: { text }, replyTo });
  await withStatements(parts.database, (tx) =>
    settle(tx, { id: entry.id, fence: entry.fence, state: 'sent', now: parts.clock.now(), messageId: sent.messageId }),
  );
}

async function sendFile(parts: DeliverParts, entry: ClaimedEntry): Promise<void> {
  const { fileName, blobId, replyTo } = entry.payload as SendFilePayload;
  const bytes = await withTransaction(parts.database, (tx) => readBlob(tx, blobId));
  const { fileKey } = await parts.writer.uploadFile(fileName, bytes);
  const sent = await transmit(parts, entry, { content: { fileKey }, replyTo });
  await withStatements(parts.database, (tx) =>
    settle(tx, { id: entry.id, fence: entry.fence, state: 'sent', now: parts.clock.now(), messageId: sent.messageId }),
  );
}

function recipientOf({ recipient }: ClaimedEntry): Recipient {
  const [kind, ...rest] = (recipient ?? '').split(':');
  return kind === 'chat' ? { chat: rest.join(':') } : { person: rest.join(':') };
}
