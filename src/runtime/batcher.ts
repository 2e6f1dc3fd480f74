import type { Outcome } from '#db/transaction';

/** 凑批 — while `inFlightMax` batches are under way, what arrives waits together and becomes the next batch. Nothing waits for a clock. */
export interface Batcher<Item, Result> {
  add(item: Item): Promise<Result>;
  /** 有人排队 — all batches that may be under way are, and more has come. */
  crowded(): boolean;
  /** Resolves when nothing is waiting or under way. */
  idle(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** 建凑批 @param sizeMax items in one batch */
export function createBatcher<Item, Result>(
  run: (items: readonly Item[]) => Promise<Outcome<Result>[]>,
  { sizeMax, inFlightMax }: { sizeMax: number; inFlightMax: number },
): Batcher<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let inFlight = 0;
  let resting: (() => void)[] = [];

  const start = (): void => {
    while (inFlight < inFlightMax && waiting.length > 0) {
      const batch = waiting.slice(0, sizeMax);
      waiting = waiting.slice(sizeMax);
      inFlight += 1;
      void runBatch(batch);
    }
  };
  const runBatch = async (batch: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const outcomes = await run(batch.map(({ item }) => item));
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome?.ok) resolve(outcome.value);
        else reject(outcome ? outcome.error : new Error('the batch gave no outcome for this item'));
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      inFlight -= 1;
      start();
      if (inFlight === 0 && waiting.length === 0) {
        for (const rest of resting) rest();
        resting = [];
      }
    }
  };
  return {
    add: (item) =>
      new Promise<Result>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        // 同一轮事件循环里到的点击一起走。
        if (waiting.length === 1) setImmediate(start);
      }),
    crowded: () => inFlight >= inFlightMax && waiting.length > 0,
    idle: () => (inFlight === 0 && waiting.length === 0 ? Promise.resolve() : new Promise((resolve) => resting.push(resolve))),
  };
}
