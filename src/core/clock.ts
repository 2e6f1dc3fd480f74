/** 时钟 — the only door to the wall clock: runtime reads it once per event, everything else is given `now`. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only ever grow; for measuring durations, never for dates. */
  monotonicMs(): number;
}

/** 系统时钟 — the machine's own time. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

/** 拨得动的钟 — tells whoever follows it at every move. */
export abstract class SettableClock implements Clock {
  #passedOverMs = 0;
  readonly #listeners = new Set<(now: Date) => void>();

  abstract now(): Date;
  abstract monotonicMs(): number;
  protected abstract place(at: Date): void;

  /** 走过的毫秒 — those that really passed, and those it was set forward by: what somebody counts by who lives behind this clock. */
  elapsedMs(): number {
    return systemClock.monotonicMs() + this.#passedOverMs;
  }

  /** 拨钟 — sets the time and tells whoever follows it. */
  set(at: Date): void {
    this.#passedOverMs += Math.max(0, at.getTime() - this.now().getTime());
    this.place(at);
    for (const listener of this.#listeners) listener(this.now());
  }

  /** 关注 — calls back at every move; returns the function that stops it. */
  onMove(listener: (now: Date) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** 测试时钟 — stands still until it is moved; the emulator page and the tests share it. */
export class TestClock extends SettableClock {
  #now: Date;

  constructor(at: Date) {
    super();
    this.#now = at;
  }

  now(): Date {
    return new Date(this.#now);
  }

  monotonicMs(): number {
    return this.#now.getTime();
  }

  protected place(at: Date): void {
    this.#now = new Date(at);
  }
}

/** 可拨的时钟 — runs like the system clock, a fixed distance away from it; the emulator moves it forward. */
export class MovableClock extends SettableClock {
  #offsetMs: number;

  constructor(at: Date) {
    super();
    this.#offsetMs = at.getTime() - systemClock.now().getTime();
  }

  now(): Date {
    return new Date(systemClock.now().getTime() + this.#offsetMs);
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  protected place(at: Date): void {
    this.#offsetMs = at.getTime() - systemClock.now().getTime();
  }
}
