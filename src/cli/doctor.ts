import { styleText } from 'node:util';
import { healthStatus, term } from '#cards/kit/terms';
import type { HealthResult } from '#core/health';
import { pendingMigrations } from '#db/migrate';
import { runChecks } from '#features/system/diagnose';
import { assertOurs, ForeignDatabase } from '#runtime/installation/claim';
import { asSystem } from '../app.ts';
import { type Config, ConfigError } from '../config.ts';
import { checkConfig, checkProgram, checkRuntime, type Finding } from './doctor-checks.ts';
import { exitCodes, type Shell } from './shell.ts';
import { openWorkplace, readShellConfig, type Workplace } from './workplace.ts';

/** 诊断 — every part in turn; reads only, and works beside the running program. Exit code 1 when anything failed. */
export async function doctor(shell: Shell, { json }: { json: boolean }): Promise<number> {
  const results = await examine(shell);
  const ok = results.every(({ status }) => status !== 'fail');
  if (json) shell.out(JSON.stringify({ ok, results }, null, 2));
  else for (const line of [...results.flatMap((result) => toLines(result, shell)), '', summary(results)]) shell.out(line);
  return ok ? exitCodes.done : exitCodes.refused;
}

async function examine(shell: Shell): Promise<readonly Finding[]> {
  const results: Finding[] = [checkRuntime(process.versions.node)];
  let config: Config;
  try {
    config = readShellConfig(shell);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...results, { name: '配置', status: 'fail', finding: error.message.replaceAll('\n', ' '), hint: '请对照 .env.example 修改' }];
  }
  results.push(...checkConfig(config));
  const place = await openWorkplace(shell).catch((error: unknown) => unreachable(error));
  if ('status' in place) return [...results, place];
  try {
    results.push(...(await checkDatabase(place)), ...(await place.connection.probe()), await checkProgram(config));
    return results;
  } finally {
    await place.close();
  }
}

async function checkDatabase(place: Workplace): Promise<readonly Finding[]> {
  try {
    const pending = await pendingMigrations(place.databaseUrl);
    const connected: Finding = { name: '数据库', status: 'pass', finding: place.config.databaseUrl === undefined ? '自带的数据库，可用' : '可用' };
    if (pending.length > 0) {
      const finding = `有${pending.length}个迁移没有应用：${pending.join('、')}`;
      return [connected, { name: '数据库迁移', status: 'fail', finding, hint: '请运行 npm run cli -- migrate，或启动程序一次' }];
    }
    await assertOurs(place.database, place.application);
    const checks = await asSystem(place, place.clock.now(), (ctx) => runChecks(ctx));
    return [connected, { name: '数据库迁移', status: 'pass', finding: '已是最新' }, ...checks];
  } catch (error) {
    if (error instanceof ForeignDatabase) return [{ name: '数据库', status: 'fail', finding: error.message.replaceAll(/\n\s*/g, '') }];
    return [unreachable(error)];
  }
}

function unreachable(error: unknown): Finding {
  const { code, message } = error instanceof Error ? (error as Error & { code?: string }) : { code: undefined, message: String(error) };
  return {
    name: '数据库',
    status: 'fail',
    finding: `不可用：${message || code || '没有应答'}`,
    hint: '请核对 DATABASE_URL、数据库是否在运行、磁盘空间',
  };
}

const marks: Readonly<Record<HealthResult['status'], { readonly mark: string; readonly colour: 'green' | 'yellow' | 'red' | 'gray' }>> = {
  pass: { mark: '✓', colour: 'green' },
  warn: { mark: '!', colour: 'yellow' },
  fail: { mark: '✗', colour: 'red' },
  skip: { mark: '-', colour: 'gray' },
};

function toLines({ name, status, finding, hint }: Finding, { colours }: Shell): string[] {
  const { mark, colour } = marks[status];
  const head = `${mark} ${term(healthStatus, status)}`;
  return [`${colours ? styleText(colour, head) : head}  ${name}：${finding}`, ...(hint === undefined ? [] : [`    → ${hint}`])];
}

function summary(results: readonly Finding[]): string {
  const count = (status: HealthResult['status']): number => results.filter((result) => result.status === status).length;
  return `通过${count('pass')}，注意${count('warn')}，未通过${count('fail')}，未检查${count('skip')}`;
}
