import { type Clock, systemClock } from '#core/clock';
import type { HealthResult } from '#core/health';
import { createFeishuPlatform, type FeishuPlatform } from '#platform/feishu/adapter';
import { isOff } from '#platform/feishu/platform-time';
import { missingScopes, requiredCallbacks, requiredEvents } from '#platform/feishu/requirements';
import type { Log } from '#runtime/log';
import type { PlatformConnection } from './app.ts';
import type { FeishuConfig } from './config.ts';

/** ms; a time that is in doubt is asked for no oftener */
const askAgainAfterMs = 60_000;

/** 接飞书 — the real platform, with the checks that only it can answer. @param clock ours, that is held beside the platform's */
export function connectFeishu(config: FeishuConfig, log: Log, clock: Clock = systemClock): PlatformConnection {
  const { appId, appSecret, domain, proxy } = config;
  const platform = createFeishuPlatform({ appId, appSecret, domain, proxy, log, clock });
  const host = domain.includes('larksuite') ? 'https://applink.larksuite.com' : 'https://applink.feishu.cn';
  const { fastMs } = platform.time;
  return {
    ...config,
    platform,
    botLink: `${host}/client/bot/open?appId=${appId}`,
    probe: () => probe(platform),
    fastMs,
    onDoubt: askTime(platform, clock),
    elapsedMs: systemClock.monotonicMs,
  };
}

/** 再对一次钟 — any answer of the platform tells; the cheapest is asked for. */
function askTime(platform: FeishuPlatform, clock: Pick<Clock, 'monotonicMs'>): () => void {
  let askedAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.monotonicMs() - askedAtMs < askAgainAfterMs) return;
    askedAtMs = clock.monotonicMs();
    // 问不到就照旧：诊断会说连不上。
    platform.reader.getBot().catch(() => undefined);
  };
}

type Probed = HealthResult & { readonly name: string };

/** 向平台核实 — credentials, scopes, and what can only be ticked by hand. */
async function probe(platform: FeishuPlatform): Promise<readonly Probed[]> {
  const manual: Probed = {
    name: '事件与回调',
    status: 'skip',
    finding: '平台不提供查询',
    hint: `请在开放平台核对已订阅：${[...requiredEvents, ...requiredCallbacks].map(({ name }) => name).join('、')}；改动后要发布新版本才生效`,
  };
  try {
    const { name } = await platform.reader.getBot();
    return [{ name: '飞书凭证', status: 'pass', finding: `可用，机器人名为“${name}”` }, await scopes(platform), ourTime(platform), manual];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      {
        name: '飞书凭证',
        status: 'fail',
        finding: `连不上或凭证无效：${reason}`,
        hint: '请核对 FEISHU_APP_ID、FEISHU_APP_SECRET 和网络出口（要经代理就填 FEISHU_PROXY）',
      },
      manual,
    ];
  }
}

/** 服务器时钟的诊断 — beside the platform's, as its last answer told. */
function ourTime({ time }: FeishuPlatform): Probed {
  const name = '服务器时钟';
  const fastMs = time.fastMs();
  if (fastMs === null) return { name, status: 'skip', finding: '平台的答复里没有时间' };
  if (!isOff(fastMs)) return { name, status: 'pass', finding: '与飞书一致' };
  return {
    name,
    status: 'fail',
    finding: `比飞书${fastMs > 0 ? '快' : '慢'}${inWords(Math.abs(fastMs))}`,
    hint: '时限、提醒和公文上的日期都照它。请校准服务器的时钟（内网用本单位的时间服务器，如 timedatectl set-ntp true）；校准之前，按钮照飞书的时间核对，照常能点',
  };
}

const units = [
  ['天', 86_400],
  ['小时', 3_600],
  ['分', 60],
  ['秒', 1],
] as const;

/** 多久 — its two largest units. */
function inWords(ms: number): string {
  let rest = Math.round(ms / 1000);
  const parts = units.map(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    return { count, unit };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  return parts
    .slice(first, first + 2)
    .flatMap(({ count, unit }) => (count > 0 ? `${count}${unit}` : []))
    .join('');
}

async function scopes(platform: FeishuPlatform): Promise<Probed> {
  try {
    const missing = missingScopes(await platform.listGrantedScopes());
    if (missing.length === 0) return { name: '应用权限', status: 'pass', finding: '所需权限齐全' };
    return {
      name: '应用权限',
      status: 'fail',
      finding: `缺少${missing.map(({ name }) => name).join('、')}`,
      hint: '请在开放平台“权限管理”开通后发布新版本',
    };
  } catch (error) {
    return { name: '应用权限', status: 'skip', finding: `查不到：${error instanceof Error ? error.message : String(error)}` };
  }
}
