import type { HealthResult } from '#core/health';
import { createFeishuPlatform, type FeishuPlatform } from '#platform/feishu/adapter';
import { missingScopes, requiredCallbacks, requiredEvents } from '#platform/feishu/requirements';
import type { Log } from '#runtime/log';
import type { PlatformConnection } from './app.ts';
import type { FeishuConfig } from './config.ts';

/** 接飞书 — the real platform, with the checks that only it can answer. */
export function connectFeishu(config: FeishuConfig, log: Log): PlatformConnection {
  const { appId, appSecret, domain, proxy } = config;
  const platform = createFeishuPlatform({ appId, appSecret, domain, proxy, log });
  const host = domain.includes('larksuite') ? 'https://applink.larksuite.com' : 'https://applink.feishu.cn';
  return { ...config, platform, botLink: `${host}/client/bot/open?appId=${appId}`, probe: () => probe(platform) };
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
    return [{ name: '飞书凭证', status: 'pass', finding: `可用，机器人名为“${name}”` }, await scopes(platform), manual];
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
