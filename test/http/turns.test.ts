import { expect, test } from 'vitest';
import { createTurns } from '../../src/http/turns.ts';

/** 一屋子人同时来 — each notes when he was let in, by turn of the event loop. */
async function hallOf(people: number, perTurn: number, latecomer?: (come: () => void) => void): Promise<{ order: string[]; turns: number[] }> {
  const turn = createTurns(perTurn);
  const [order, turns]: [string[], number[]] = [[], []];
  let now = 0;
  const ticking = (): void => {
    now += 1;
    if (order.length < people) setImmediate(ticking);
  };
  setImmediate(ticking);
  const come = async (name: string): Promise<void> => {
    const waited = turn();
    if (waited !== undefined) await waited;
    order.push(name);
    turns.push(now);
  };
  const all = Array.from({ length: people - (latecomer ? 1 : 0) }, (_, index) => come(String(index)));
  if (latecomer) all.push(new Promise((resolve) => latecomer(() => void come('后来的').then(resolve))));
  await Promise.all(all);
  return { order, turns };
}

test('一次只放进这么多，余下的下一轮再来，一个不落', async () => {
  const { order, turns } = await hallOf(100, 16);
  expect(new Set(order).size).toBe(100);
  const perTurn = new Map<number, number>();
  for (const turn of turns) perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
  expect(Math.max(...perTurn.values())).toBe(16);
  expect(perTurn.size).toBe(Math.ceil(100 / 16));
});

test('先来先办：等着的还没办完，后来的排在后面', async () => {
  const { order } = await hallOf(40, 8, (come) => setImmediate(come));
  expect(order.slice(0, -1)).toEqual(Array.from({ length: 39 }, (_, index) => String(index)));
  expect(order.at(-1)).toBe('后来的');
});

test('一个人来，当即就办', () => {
  expect(createTurns(16)()).toBeUndefined();
});
