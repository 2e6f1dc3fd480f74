import type { ClickOn } from '../bench/requests.ts';
import type { BenchWorld } from '../bench/world.ts';
import { press, type Secrets } from './press.ts';

/** 报了什么 */
export interface Reported {
  readonly percent: number;
  readonly content: string;
}

/** 一次反馈 */
function reportOn(
  itemId: string,
  { percent, content }: Reported,
): { action: string; payload: Record<string, unknown>; form: Record<string, unknown> } {
  return { action: 'progress.report', payload: { itemId, round: 1 }, form: { percent: String(percent), content } };
}

/** 一班 — how many press at once, where to, and for how long. */
interface Shift {
  /** asked before each press: several programs may stand side by side */
  readonly target: () => string;
  readonly lines: number;
  /** presses in all; left out: until told to stop */
  readonly most?: number;
  /** so many answered with success, and the shift has seen work */
  readonly enough?: number;
  /** between two presses of one line; left out: none */
  readonly restMs?: number;
}

/** 看到的 */
interface Seen {
  /** presses that got no answer */
  broken: number;
  /** told in words that it could not be done */
  refused: number;
  /** answers 5xx, and those that say that it failed inside */
  failed: string[];
  /** from the press to the answer, the longest */
  slowestMs: number;
}

/** 报送的人 — many of them at once; who got no answer presses again, with a new event. */
export interface Reporters {
  readonly acknowledged: ReadonlyMap<string, Reported>;
  readonly seen: Seen;
  begin(shift: Shift): { readonly enough: Promise<void>; stop(): Promise<void> };
}

/** 请来报送的人 @param at the instant at which everybody's clock stands */
export function createReporters(world: Pick<BenchWorld, 'take'>, { secrets, at }: { secrets: Secrets; at: Date }): Reporters {
  const acknowledged = new Map<string, Reported>();
  const again: ClickOn[] = [];
  const seen: Seen = { broken: 0, refused: 0, failed: [], slowestMs: 0 };
  let presses = 0;
  /** @returns whether it was acknowledged */
  const report = async (target: string, next: ClickOn): Promise<boolean> => {
    // 每一次按下说的都不一样：库里留着的，必是得到答复的那一次。
    presses += 1;
    const reported = { percent: presses % 100, content: `本周走访${presses}户，新签三户。` };
    const startedMs = performance.now();
    try {
      const { status, type, text } = await press(target, secrets, at, { openId: next.openId, ...reportOn(next.itemId, reported) });
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedMs);
      if (status >= 500 || text.includes('没有办成')) seen.failed.push(`${status} ${text}`);
      if (type !== 'success') {
        seen.refused += 1;
        return false;
      }
      acknowledged.set(next.itemId, reported);
      return true;
    } catch {
      seen.broken += 1;
      again.push(next);
      return false;
    }
  };
  return {
    acknowledged,
    seen,
    begin({ target, lines, most = Number.POSITIVE_INFINITY, enough = 1, restMs }) {
      let [given, done, stopped] = [0, 0, false];
      let reach = (): void => undefined;
      const reached = new Promise<void>((resolve) => {
        reach = resolve;
      });
      const line = async (): Promise<void> => {
        while (!stopped && given < most) {
          given += 1;
          const next = again.pop() ?? world.take(1)[0];
          if (next === undefined) return;
          if (await report(target(), next)) done += 1;
          if (done >= enough) reach();
          if (restMs !== undefined) await new Promise((resolve) => setTimeout(resolve, restMs));
        }
      };
      const pressing = Promise.all(Array.from({ length: lines }, line)).then(() => undefined);
      return {
        enough: Promise.race([reached, pressing]),
        stop: async () => {
          stopped = true;
          await pressing;
        },
      };
    },
  };
}

/** 等到 @throws Error when it takes longer than `withinMs` milliseconds */
export async function until(reached: () => boolean, withinMs = 120_000): Promise<void> {
  for (const startedMs = performance.now(); !reached(); await new Promise((resolve) => setTimeout(resolve, 50)))
    if (performance.now() - startedMs > withinMs) throw new Error('等得太久');
}
