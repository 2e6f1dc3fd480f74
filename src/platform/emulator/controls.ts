import type { CardDefinition } from '#cards/kit/card';

/** 发件箱一览 — one row for the emulator's inspector. */
export interface OutboxRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly recipient: string | null;
  readonly cardKey: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: string;
}

/**
 * 模拟平台的遥控 — what the page may ask of the product that it carries. The composition root hands it in; the emulator
 * itself knows nothing of features, tables or schedules.
 */
export interface EmulatorControls {
  now(): Date;
  /** 拨钟 — forward only; runs every sweep that falls due on the way, in order, and resolves when the outbox is at rest. */
  moveClockTo(at: Date): Promise<void>;
  /** 下一个工作日 09:00 of the office calendar, after `now`. */
  nextWorkingDay(): Promise<Date>;
  outbox(limit: number): Promise<readonly OutboxRow[]>;
  /** open_ids of those whom the story of the place is about: the first is who a newcomer is, the others are one click away */
  readonly cast: readonly string[];
  /** every card of every feature, for the gallery */
  readonly cards: readonly CardDefinition<never>[];
}
