import type { Card } from '#cards/kit/card';
import type { Clock } from '#core/clock';
import { newId } from '#core/ids';
import type { Log } from '../log.ts';
import type { Registry } from '../registry.ts';
import type { Seal } from '../seal.ts';
import type { Surroundings } from '../unit-of-work.ts';
import type { Pace } from './pace.ts';

/** 分派所需 */
export interface DispatchParts extends Surroundings {
  readonly registry: Registry;
  readonly seal: Seal;
  /** buttons sent before then carry a seal that is not known any more; null: none */
  readonly sealedFrom: Date | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly systemCards: SystemCards;
  /** `actions`: clicks, words and the menu together; `told`: how often a person is told that words came too fast */
  readonly pace: { readonly actions: Pace; readonly uploads: Pace; readonly told: Pace };
}

/** 系统卡片 — the few cards that the engine room itself shows; the composition root hands them in. */
export interface SystemCards {
  notice(props: { title: string; text: string; tone: 'info' | 'success' | 'warning' | 'error' | 'expired' }): Card;
  didYouMean(props: { text: string; suggestions: readonly { example: string; summary: string }[] }): Card;
}

/** 报修编号 — a short code that ties what the person saw to the log line. */
export function incidentCode(): string {
  return newId().slice(0, 8).toUpperCase();
}
