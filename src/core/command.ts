import type { Card } from '#cards/kit/card';
import type { Actor, Context } from './context.ts';

/** 口令的来路 — where the text was typed. */
export interface Conversation {
  readonly chatId: string;
  readonly chatType: 'p2p' | 'group';
  readonly messageId: string;
}

/**
 * 答复 — `card`, `files` or `text` go back to where the question came from; with `privately` it goes to the
 * asker in direct chat and a group gets a one-line pointer.
 */
export interface Answer {
  readonly card?: Card;
  readonly cardKey?: string;
  /** earlier cards of the key are taken back, see `sendCard` */
  readonly replaces?: boolean;
  readonly text?: string;
  /** 附在卡片之后的文件，见 `saveBlob` */
  readonly files?: readonly { readonly fileName: string; readonly blobId: string }[];
  readonly privately?: boolean;
}

export interface Command {
  /** 第一个是正名，其余是别名（含英文） */
  readonly words: readonly [string, ...string[]];
  /** 一句话说明，进帮助卡 */
  readonly summary: string;
  /** 写法示例，例如 `任务 管-063` */
  readonly example: string;
  /** Recognises texts that carry no command word (`管-063`). Returns the argument text or null. */
  readonly match?: (text: string) => string | null;
  /** Shown in help only to those who may use it; execution is checked by the handler itself. */
  readonly visibleTo?: (actor: Actor) => boolean;
  readonly handle: (ctx: Context, argument: string, conversation: Conversation) => Promise<Answer>;
}

/** 定义口令 */
export function command(definition: Command): Command {
  return definition;
}

/** 发来的材料 — still on the platform; `JobWorld.download` fetches it. */
export interface Material {
  readonly messageId: string;
  readonly fileKey: string;
  /** '' for a picture */
  readonly fileName: string;
  readonly kind: 'file' | 'image';
  readonly reason: string | null;
}
