/**
 * 轮流 — so many requests are worked on in one turn of the event loop; what comes on top waits for the next turn, first come first
 * served. When a whole hall presses at one instant, the database's answers to the first are then read between the later ones, and
 * both processors work. @returns undefined: go on at once
 */
export function createTurns(perTurn: number): () => Promise<void> | undefined {
  const waiting: (() => void)[] = [];
  let [taken, running] = [0, false];
  const nextTurn = (): void => {
    const admitted = waiting.splice(0, perTurn);
    taken = admitted.length;
    running = taken > 0;
    for (const admit of admitted) admit();
    if (running) setImmediate(nextTurn);
  };
  return () => {
    if (!running) {
      running = true;
      setImmediate(nextTurn);
    }
    if (taken < perTurn) {
      taken += 1;
      return undefined;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
}
