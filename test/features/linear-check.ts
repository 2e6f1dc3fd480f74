/** 一次办理 — `from` and `to` are logical times: it took effect somewhere between them, at one instant. */
export interface Call<Op> {
  readonly client: number;
  readonly op: Op;
  readonly answer: string;
  readonly from: number;
  readonly to: number;
}

/** 一个一个地办：同样的举动，没有别人 */
export interface Sequential<State, Op> {
  readonly initial: State;
  /** @returns the answer, and the state afterwards */
  apply(state: State, op: Op): readonly [string, State];
}

/**
 * 找一个说得通的先后 (Wing–Gong) — an order in which every call answers as it did when they are done one after another, and none stands
 * before one that had ended when it began. Where the same calls are left in the same state, it has been tried already.
 * @returns the calls in such an order; null: there is none, the history is not linearizable
 */
export function orderOf<State, Op>(history: readonly Call<Op>[], { initial, apply }: Sequential<State, Op>): Call<Op>[] | null {
  const dead = new Set<string>();
  const search = (left: readonly Call<Op>[], state: State): Call<Op>[] | null => {
    if (left.length === 0) return [];
    const key = `${left.map(({ from }) => from).join()} ${JSON.stringify(state)}`;
    if (dead.has(key)) return null;
    const firstEnd = Math.min(...left.map(({ to }) => to));
    for (const call of left) {
      if (call.from > firstEnd) continue;
      const [answer, next] = apply(state, call.op);
      if (answer !== call.answer) continue;
      const rest = search(
        left.filter((other) => other !== call),
        next,
      );
      if (rest) return [call, ...rest];
    }
    dead.add(key);
    return null;
  };
  return search(
    [...history].sort((left, right) => left.from - right.from),
    initial,
  );
}

/** 记历史 — each client does one thing after another, all the clients at once; `lag`: how many turns of the event loop it waits first. */
export async function recordHistory<Op extends { readonly lag: number }>(
  scripts: readonly (readonly Op[])[],
  act: (op: Op, client: number) => Promise<readonly [Op, () => Promise<string>]>,
): Promise<Call<Op>[]> {
  const calls: Call<Op>[] = [];
  let tick = 0;
  await Promise.all(
    scripts.map(async (script, client) => {
      for (const planned of script) {
        for (let turn = 0; turn < planned.lag; turn += 1) await new Promise(setImmediate);
        const [op, go] = await act(planned, client);
        tick += 1;
        const from = tick;
        const answer = await go();
        tick += 1;
        calls.push({ client, op, answer, from, to: tick });
      }
    }),
  );
  return calls;
}

/** 最后看到的 — a call after all the others. */
export function seenAtLast<Op>(calls: readonly Call<Op>[], op: Op, answer: string): Call<Op> {
  const from = Math.max(0, ...calls.map(({ to }) => to)) + 1;
  return { client: -1, op, answer, from, to: from + 1 };
}
