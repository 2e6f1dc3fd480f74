import { runCommandLine } from '../../src/cli/program.ts';

/** 一次命令行的结果 */
export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** 敲一条命令 — the real command line in this process, with an environment of its own. */
export async function runCli(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<CliRun> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await runCommandLine(argv, { env, colours: false, out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** 本机没有程序在听的端口：1 号端口从不给普通程序。 */
export const silentPort = '1';
