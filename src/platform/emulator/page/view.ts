import type { CardJson } from '#cards/kit/card';
import type { OutboxRow } from '../controls.ts';
import type { ArmedFault, FaultKind } from '../faults.ts';
import type { ApiCall, CoverageGap, Delivery, MenuEntry, MessageType, SlashCommand } from '../model.ts';

/** 页面看到的人 */
export interface PersonView {
  readonly openId: string;
  readonly name: string;
  /** unit and post in one line */
  readonly post: string;
  /** 已离职 */
  readonly resigned: boolean;
  /** messages that the person has not read, over all chats */
  readonly unread: number;
}

/** 页面看到的会话 */
export interface ChatView {
  /** null: the direct chat with the bot, which has never been opened */
  readonly chatId: string | null;
  readonly kind: 'p2p' | 'group';
  readonly name: string;
  readonly members: readonly string[];
  readonly botIn: boolean;
  readonly unread: number;
  /** one line of the newest message */
  readonly preview: string;
  /** ms; null without messages */
  readonly lastAt: number | null;
}

/** 页面看到的消息 — as the person who looks sees it. */
export interface MessageView {
  readonly messageId: string;
  /** null: the bot */
  readonly senderId: string | null;
  readonly type: MessageType;
  /** words of a text or post, mentions spelled out */
  readonly text: string;
  readonly card: CardJson | null;
  readonly file: { readonly fileKey: string; readonly name: string; readonly size: number } | null;
  /** ms */
  readonly createdAt: number;
  readonly revision: number;
  /** ms; null while the message is as it was sent */
  readonly changedAt: number | null;
  readonly recalled: boolean;
  readonly forwarded: boolean;
  /** 14 days have passed: clicks fail */
  readonly expired: boolean;
  /** members of the chat who have read it, without the sender */
  readonly readBy: readonly string[];
  /** 对看的人加急 */
  readonly urgent: boolean;
}

export interface ClockView {
  /** ms */
  readonly now: number;
  /** where the clock is moving to, ms; null while it runs by itself */
  readonly movingTo: number | null;
}

/** 一个人的画面 */
export interface StateView {
  readonly revision: number;
  readonly clock: ClockView;
  readonly bot: { readonly name: string; readonly menu: readonly MenuEntry[]; readonly commands: readonly SlashCommand[] };
  readonly chats: readonly ChatView[];
  /** of the chat that is open, oldest first */
  readonly messages: readonly MessageView[];
  /** older messages exist */
  readonly more: boolean;
  readonly recent: readonly PersonView[];
  readonly armed: readonly ArmedFault[];
}

/** 故障台的一行 */
export interface FaultView {
  readonly kind: FaultKind;
  readonly title: string;
}

/** 查验一张卡片 */
export interface CardInspection {
  readonly json: unknown;
  /** UTF-8 bytes */
  readonly bytes: number;
  /** what the platform says */
  readonly findings: readonly { readonly verdict: 'reject' | 'warn'; readonly code: number; readonly path: string; readonly detail: string }[];
  /** what we hold ourselves to beyond it */
  readonly house: readonly string[];
}

/** 检查器里的一条消息 */
export interface MessageInspection {
  readonly messageId: string;
  /** null when the message is no card */
  readonly card: CardInspection | null;
  readonly content: unknown;
  /** events and callbacks that this message caused, newest first */
  readonly deliveries: readonly Delivery[];
}

/** 运行记录 */
export interface LogView {
  /** newest first */
  readonly deliveries: readonly Delivery[];
  readonly calls: readonly ApiCall[];
  readonly gaps: readonly CoverageGap[];
}

export type OutboxView = readonly OutboxRow[];

/** 卡片陈列的一格 */
export interface GalleryView {
  readonly card: string;
  readonly title: string;
  readonly sample: string;
  readonly inspection: CardInspection;
}
