import type { Card } from '#cards/kit/card';
import type { JobDefinition } from './job.ts';

/** 收件对象 — a person by open_id or a chat by chat_id. */
export type Recipient = { readonly person: string } | { readonly chat: string };

/**
 * 优先级 — what somebody is waiting for goes first and owns a quarter of every platform budget:
 * interactive 有人等着 · order 公文 · task 任务 · reminder 提醒 · digest 简报.
 */
export const priorities = { interactive: 0, order: 1, task: 2, reminder: 3, digest: 4 } as const;
export type Priority = keyof typeof priorities;

/** 善后 — a job for the case that a message could not be delivered; its payload is given with it. */
export interface Follow {
  readonly job: string;
  readonly payload: unknown;
}

/**
 * 发件箱 — the only way out. Every call becomes a row in the transaction of the handler; a worker sends it
 * after the commit. Handlers are never given a chat client.
 */
export interface Outbox {
  /**
   * 发卡片 — one message to one recipient.
   * @param effect.cardKey names the card (`task-book:<id>`): later `updateCard(cardKey)` reaches every message sent under it
   * @param effect.dedupeKey unique for ever: the same key queued again adds nothing
   */
  sendCard(effect: {
    to: Recipient;
    cardKey: string;
    card: Card;
    dedupeKey: string;
    priority: Priority;
    notBefore?: Date;
    /** answer to a message: uses the reply call, which has a budget of its own */
    replyTo?: string;
    /** what to do when the platform does not take it, for good */
    whenLost?: Follow;
    /** 换下旧的 — earlier messages of these keys to the same recipient say from now on that there is a newer one */
    replaces?: readonly string[];
    /** 加急 — after it was delivered, the person is asked inside the app to look at it; for 公文 only */
    urgent?: boolean;
  }): void;
  /** 更新卡片 — every live message of the key gets this card; an update still waiting is replaced by it. */
  updateCard(effect: { cardKey: string; card: Card; priority?: Priority }): void;
  /** 发文字 */
  sendText(effect: { to: Recipient; text: string; dedupeKey: string; priority: Priority; replyTo?: string; notBefore?: Date }): void;
  /**
   * 发文件
   * @param effect.blobId see `saveBlob`
   * @param effect.withCard a card key: the file goes out after that card to the same recipient, never before it
   */
  sendFile(effect: {
    to: Recipient;
    fileName: string;
    blobId: string;
    dedupeKey: string;
    priority: Priority;
    replyTo?: string;
    withCard?: string;
    whenLost?: Follow;
  }): void;
  /**
   * 后台办理 — slow work: it reads outside any transaction, then writes in one of its own, as the same actor.
   * @param options.collapseKey of jobs that mean the same work: one that waits and has not begun does for this one too. Not together
   * with `notBefore`: what is meant for later must not be done, or undone, by what is due now.
   */
  job<Payload>(
    definition: Pick<JobDefinition<Payload, never>, 'name' | 'payload'>,
    payload: Payload,
    options: { dedupeKey: string; priority?: Priority } & ({ notBefore?: Date; collapseKey?: never } | { collapseKey: string; notBefore?: never }),
  ): void;
}

/** 恢复时押下的记号 — how the reason begins of what waited in a backup and was not sent again. */
export const heldMark = '恢复自备份：';

/** 换应用时作罢的记号 — how the reason begins of what the former application had not sent yet. */
export const changedAppMark = '换了应用：';

/** 群收不到的缘由 — how the reason begins when the group as such is lost to the bot. */
export const chatLostReasons = { botOut: '机器人不在这个群里', dissolved: '群已解散' } as const;

/** 本人停用了机器人的消息 — lasts until he undoes it. */
export const mutedReason = '停用了机器人的消息';

/** 换下的卡片的键 — it is nobody's any more: updates of the old key pass it by. */
export const replacedKey = (messageId: string): string => `replaced:${messageId}`;

/** 收起的卡片的键 — likewise, of a card whose matter has gone to somebody else. */
export const closedKey = (messageId: string): string => `closed:${messageId}`;

/** 取键 — the stable text of a recipient, used in rows, lanes and rate limits. */
export function recipientKey(to: Recipient): string {
  return 'person' in to ? `person:${to.person}` : `chat:${to.chat}`;
}
