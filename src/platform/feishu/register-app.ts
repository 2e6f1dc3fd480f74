import { Agent, ProxyAgent, request } from 'undici';
import { AppError } from '#core/errors';
import { requiredCallbacks, requiredEvents, requiredScopes } from './requirements.ts';
import { loadSdk } from './sdk.ts';

/** milliseconds */
const patienceMs = 8_000;

type AxiosAdapter = Extract<typeof import('@larksuiteoapi/node-sdk')['defaultHttpInstance']['defaults']['adapter'], (...args: never) => unknown>;

/** 新应用 — what `.env` needs of it, and who scanned. */
export interface RegisteredApp {
  readonly appId: string;
  readonly appSecret: string;
  /** the first administrator, as it were */
  readonly ownerOpenId: string | null;
}

export interface RegisterAppOptions {
  readonly name: string;
  readonly description: string;
  /** of the platform, e.g. `https://open.feishu.cn` */
  readonly domain: string;
  /** of the office's network, on the way out; undefined: straight to the platform */
  readonly proxy?: string | undefined;
  /** shows the code; `expiresInSeconds` later it is worthless */
  readonly onQrCode: (code: { readonly url: string; readonly expiresInSeconds: number }) => void;
  readonly signal?: AbortSignal;
}

/** 扫码建应用 — scopes, events and callbacks are filled in already; the person who scans only confirms. @throws AppError */
export async function registerApp({ name, description, domain, proxy, onQrCode, signal }: RegisterAppOptions): Promise<RegisteredApp> {
  const sdk = await loadSdk();
  // SDK 建应用只用它自己的那一个客户端，不收别的：换掉它底下的一层。
  sdk.defaultHttpInstance.defaults.adapter = formAdapter(proxy);
  try {
    const registered = await sdk.registerApp({
      domain: accountsHost(domain),
      source: 'shuling',
      // 只建新的：误选已有应用会把它的回调地址改掉。
      createOnly: true,
      appPreset: { name, desc: description },
      addons: prefilled(),
      onQRCodeReady: ({ url, expireIn }) => onQrCode({ url, expiresInSeconds: expireIn }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { appId: registered.client_id, appSecret: registered.client_secret, ownerOpenId: registered.user_info?.open_id ?? null };
  } catch (error) {
    throw explain(error);
  }
}

/**
 * 表单的出口 — under the SDK's own client: like the transport of the rest it follows no redirect and no proxy but the configured one.
 * 还没有扫码时平台答 400，说的话在正文里，SDK 自己会读。
 */
function formAdapter(proxy: string | undefined): AxiosAdapter {
  const limits = { headersTimeout: patienceMs, bodyTimeout: patienceMs, connect: { timeout: patienceMs } };
  const dispatcher = proxy === undefined ? new Agent(limits) : new ProxyAgent({ ...limits, uri: proxy });
  return async (config) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { statusCode, body } = await request(config.url ?? '', { method: 'POST', headers, body: String(config.data), dispatcher });
    return { data: await body.text(), status: statusCode, statusText: '', headers: {}, config };
  };
}

/** 预填的权限、事件和回调 */
export function prefilled(): {
  scopes: { tenant: string[] };
  events: { items: { tenant: string[] } };
  callbacks: { items: string[] };
} {
  return {
    scopes: { tenant: requiredScopes.map((scope) => scope.name) },
    events: { items: { tenant: requiredEvents.map((event) => event.name) } },
    callbacks: { items: requiredCallbacks.map((callback) => callback.name) },
  };
}

/** 登录地址 — `open.` and `accounts.` stand side by side on every deployment. */
export function accountsHost(domain: string): string {
  return new URL(domain).host.replace(/^open\./, 'accounts.');
}

/** SDK 以 {code, description} 这样的普通对象报错。 */
function explain(error: unknown): AppError {
  const { code, description } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; description?: unknown };
  const detail = error instanceof Error ? error.message : `${String(code)} ${String(description)}`;
  switch (code) {
    case 'access_denied':
      return new AppError('扫码的人没有同意创建应用。请换有权创建应用的人扫码，或请企业管理员开通。', detail);
    case 'expired_token':
      return new AppError('二维码已过期，应用没有创建。请重新运行 npm run cli -- setup。', detail);
    case 'abort':
      return new AppError('已取消，应用没有创建。', detail);
    default:
      return new AppError(
        '没有建成应用：连不上飞书，或飞书拒绝了请求。请检查网络（要经代理就填 FEISHU_PROXY）后重试，或按 README 的步骤在开放平台手工创建。',
        detail,
      );
  }
}
