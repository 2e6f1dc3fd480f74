import type { ServerResponse } from 'node:http';
import { openStream } from './guard.ts';
import type { ClockView } from './view.ts';

export interface LiveParts {
  readonly revision: () => number;
  readonly clock: () => ClockView;
  /** called now and then while somebody looks */
  readonly pulse: () => void;
}

/** 实时通道 — tells every open page that something changed (with the revision) and what time it is. */
export interface Live {
  join(response: ServerResponse): void;
  changed(): void;
}

/** many changes within this time are one message, ms */
const gatherMs = 40;
const tickMs = 250;
const pulseEveryTicks = 20;

/** 造实时通道 — its timer runs only while a page is open. */
export function createLive({ revision, clock, pulse }: LiveParts): Live {
  const viewers = new Set<ServerResponse>();
  let gathering = false;
  let timer: NodeJS.Timeout | undefined;
  let ticks = 0;
  let told: ClockView = { now: 0, movingTo: null };

  const tell = (event: string, data: unknown): void => {
    for (const viewer of viewers) viewer.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const tick = (): void => {
    ticks += 1;
    if (ticks % pulseEveryTicks === 0) pulse();
    const view = clock();
    const sameMinute = Math.floor(view.now / 60_000) === Math.floor(told.now / 60_000);
    if (sameMinute && view.movingTo === told.movingTo && ticks % pulseEveryTicks !== 0) return;
    told = view;
    tell('clock', view);
  };
  const leave = (response: ServerResponse): void => {
    viewers.delete(response);
    if (viewers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    join(response) {
      openStream(response);
      response.write(`retry: 1000\nevent: change\ndata: ${JSON.stringify({ revision: revision() })}\n\n`);
      viewers.add(response);
      response.on('close', () => leave(response));
      timer ??= setInterval(tick, tickMs).unref();
    },
    changed() {
      if (gathering || viewers.size === 0) return;
      gathering = true;
      setTimeout(() => {
        gathering = false;
        tell('change', { revision: revision() });
      }, gatherMs).unref();
    },
  };
}
