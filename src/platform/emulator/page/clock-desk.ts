import type { Acts } from '../act.ts';
import type { EmulatorControls } from '../controls.ts';
import type { ClockView } from './view.ts';

const minuteMs = 60_000;
const farthestMs = 366 * 24 * 60 * minuteMs;

/** 怎么拨 */
export type ClockMove = { readonly to: number } | { readonly nextWorkingDay: true } | { readonly plusMinutes: number };

/** 拨钟台 — one move at a time; what the platform has to send again by then is sent. */
export interface ClockDesk {
  view(): ClockView;
  /** @throws Error with words for the visitor */
  move(move: ClockMove): Promise<ClockView>;
}

/** 造拨钟台 @param changed told at the beginning and at the end of a move */
export function createClockDesk({ controls, acts, changed }: { controls: EmulatorControls; acts: Acts; changed: () => void }): ClockDesk {
  let movingTo: number | null = null;
  const view = (): ClockView => ({ now: controls.now().getTime(), movingTo });
  const targetOf = async (move: ClockMove): Promise<Date> => {
    if ('to' in move) return new Date(move.to);
    if ('plusMinutes' in move) return new Date(controls.now().getTime() + move.plusMinutes * minuteMs);
    return controls.nextWorkingDay();
  };
  return {
    view,
    async move(move) {
      if (movingTo !== null) throw new Error('正在拨钟，请等这一次拨完');
      const target = await targetOf(move);
      const aheadMs = target.getTime() - controls.now().getTime();
      if (!(aheadMs > 0)) throw new Error('时间只能往后拨');
      if (aheadMs > farthestMs) throw new Error('一次最多往后拨一年');
      movingTo = target.getTime();
      changed();
      try {
        await controls.moveClockTo(target);
        await acts.runRetries(controls.now());
      } finally {
        movingTo = null;
        changed();
      }
      return view();
    },
  };
}
