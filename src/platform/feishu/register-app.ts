import { AppError } from '#core/errors';
import { requiredCallbacks, requiredEvents, requiredScopes } from './requirements.ts';
import { loadSdk } from './sdk.ts';

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
  /** shows the code; `expiresInSeconds` later it is worthless */
  readonly onQrCode: (code: { readonly url: string; readonly expiresInSeconds: number }) => void;
  readonly signal?: AbortSignal;
}

/** 扫码建应用 — scopes, events and callbacks are filled in already; the person who scans only confirms. @throws AppError */
export async function registerApp({ name, description, domain, onQrCode, signal }: RegisterAppOptions): Promise<RegisteredApp> {
  const sdk = await loadSdk();
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
      return new AppError('没有建成应用：连不上飞书，或飞书拒绝了请求。请检查网络后重试，或按 README 的步骤在开放平台手工创建。', detail);
  }
}
