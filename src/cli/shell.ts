/** 命令行的外界 — what the entry point hands in, so that the commands touch neither `process` nor the terminal. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** true: the terminal shows colours and nobody asked for none */
  readonly colours: boolean;
  /** One line of result, without the line break. */
  out(line: string): void;
  /** One line for the person at the keyboard: progress, refusals. */
  err(line: string): void;
}

/** 退出码 — documented in `--help`; scripts rely on them. */
export const exitCodes = { done: 0, refused: 1, misused: 2, crashed: 3 } as const;
