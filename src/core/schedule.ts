import type { AuditRecord, Context } from './context.ts';
import { localDateOf, localTimeOf } from './dates.ts';

export interface Schedule {
  readonly name: string;
  /** cron 表达式（Asia/Shanghai）；只是闹钟，到期与否由 sweep 去查 */
  readonly cron: string;
  /** @param slot the due time that is being run; after a stop it may be long past */
  readonly sweep: (ctx: Context, slot: Date) => Promise<void>;
  /** 一批可能发给全区的人：在它前一分钟，有人等着的就改走“回复”，把“发送”的额度让出来 */
  readonly bulk?: boolean;
}

/** 定义定时 */
export function schedule(name: string, cron: string, sweep: Schedule['sweep'], { bulk = false }: { bulk?: boolean } = {}): Schedule {
  return { name, cron, sweep, bulk };
}

/**
 * 并过去的格子 — a line in the trail: what was due and did not run at its time is known, not guessed (quality I3).
 * @param slots the instants that were passed over, in order; at least one
 */
export function passedOver(name: string, slots: readonly Date[], reason: string): AuditRecord {
  const [first, last] = [slots[0], slots.at(-1)].map((at) => at && `${localDateOf(at)} ${localTimeOf(at)}`);
  return { subject: { type: 'schedule', id: name }, event: 'passOver', detail: { slots: slots.length, first, last, reason } };
}
