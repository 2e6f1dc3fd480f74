import type { Tx } from './context.ts';

export interface HealthResult {
  readonly status: 'pass' | 'warn' | 'fail' | 'skip';
  readonly finding: string;
  /** 怎么办 */
  readonly hint?: string;
}

/** 诊断项 — the same list answers `doctor` in the shell and 诊断 in chat. Reads only. */
export interface HealthCheck {
  readonly name: string;
  /** 要紧 — while it fails, `/readyz` does too */
  readonly critical?: boolean;
  readonly run: (tx: Tx, now: Date) => Promise<HealthResult>;
}
