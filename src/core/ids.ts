import { randomUUID } from 'node:crypto';

/** 编号生成 — replaceable, so that a simulation with one seed replays exactly. */
let generate: () => string = randomUUID;

/** 新编号 — a fresh record id. */
export function newId(): string {
  return generate();
}

/** 换编号源 — for deterministic simulations; returns the function that restores the former source. */
export function useIdSource(source: () => string): () => void {
  const former = generate;
  generate = source;
  return () => {
    generate = former;
  };
}
