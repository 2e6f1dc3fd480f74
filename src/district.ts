import { didYouMeanCard } from '#cards/system/did-you-mean.card';
import { noticeCard } from '#cards/system/notice.card';
import type { Clock } from '#core/clock';
import { systemActor } from '#core/context';
import { appendAudit } from '#domain/audit/store';
import { adoptSeed } from '#domain/calendar/change';
import { seedCalendar } from '#domain/calendar/store';
import { seedPolicy } from '#domain/deadlines/policies/store';
import { ensureAdministrators } from '#domain/roster/operations';
import { resolveActor } from '#domain/roster/store';
import type { ChatReader } from '#platform/port';
import type { SystemCards } from '#runtime/inbound/parts';
import type { Log } from '#runtime/log';
import { type Engines, performAlone, type Surroundings } from '#runtime/unit-of-work';
import type { Config } from './config.ts';

/** 领域引擎 — what the engine room takes from the domain. */
export const engines: Engines = { resolveActor, appendAudit };

/** 系统卡片 */
export const systemCards: SystemCards = { notice: noticeCard, didYouMean: didYouMeanCard };

/** 开门之前 — the calendar is there and the first administrators hold their post; repeatable at every start. */
export async function prepareDistrict(
  around: Surroundings,
  { clock, reader, config, log }: { clock: Clock; reader: ChatReader; config: Pick<Config, 'adminMobiles' | 'adminOpenIds'>; log: Log },
): Promise<void> {
  const administrators = await findAdministrators(reader, config, log);
  await performAlone(around, {
    now: clock.now(),
    eventKey: null,
    actor: () => Promise.resolve(systemActor),
    work: async (ctx) => {
      if (await seedCalendar(ctx.tx)) await adoptSeed(ctx);
      await seedPolicy(ctx.tx, ctx.now);
      await ensureAdministrators(ctx, administrators);
    },
  });
}

async function findAdministrators(reader: ChatReader, { adminMobiles, adminOpenIds }: Pick<Config, 'adminMobiles' | 'adminOpenIds'>, log: Log) {
  const accounts = await reader.findAccounts(adminMobiles).catch((error: unknown) => {
    // 平台一时不通也要能启动；账号等每天早上的重新匹配补上。
    log.warn({ err: error }, 'the administrators could not be looked up on the platform');
    return new Map<string, never>();
  });
  return [
    ...adminMobiles.map((mobile) => ({ mobile, name: '系统管理员', account: accounts.get(mobile) ?? null })),
    ...adminOpenIds.map((openId) => ({ mobile: `open_id:${openId}`, name: '系统管理员', account: { openId } })),
  ];
}
