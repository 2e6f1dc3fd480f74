/** 穷尽 — makes a switch that forgot a case a type error, and a loud one at run time. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}

/** 不变式 — a fact that the code relies on; its failure is a bug of ours, never the user's. */
export function invariant(condition: unknown, fact: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${fact}`);
}
