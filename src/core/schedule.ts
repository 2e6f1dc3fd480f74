import type { Context } from './context.ts';

export interface Schedule {
  readonly name: string;
  /** cron 表达式（Asia/Shanghai）；只是闹钟，到期与否由 sweep 去查 */
  readonly cron: string;
  readonly sweep: (ctx: Context) => Promise<void>;
  /** 一批可能发给全区的人：在它前一分钟，有人等着的就改走“回复”，把“发送”的额度让出来 */
  readonly bulk?: boolean;
}

/** 定义定时 */
export function schedule(name: string, cron: string, sweep: (ctx: Context) => Promise<void>, { bulk = false }: { bulk?: boolean } = {}): Schedule {
  return { name, cron, sweep, bulk };
}
