import { z } from 'zod';

/** 逗号分隔的清单 */
const list = z
  .string()
  .default('')
  .transform((text) => text.split(/[,，、\s]+/).filter(Boolean));
const integer = (fallback: number, min: number, max: number) => z.coerce.number().int().min(min).max(max).default(fallback);
const optional = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === '' ? undefined : text.trim()));

/** 密钥的最短长度，字符 */
const encryptKeyMin = 16;
const sealKeyMin = 32;

/** 每人的限次；0 是不限 */
const perPerson = z.coerce.number().int().min(0).max(1_000).optional();

const schema = z.object({
  // 运行
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: optional,
  PORT: integer(3000, 0, 65535),
  PUBLIC_URL: optional,
  DATA_DIR: z.string().default('./data'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  METRICS_TOKEN: optional,
  SOFFICE_PATH: optional,
  CLICKS_PER_TEN_SECONDS: perPerson,
  UPLOADS_PER_MINUTE: perPerson,
  // 数据库
  DATABASE_URL: optional,
  DATABASE_POOL: integer(10, 2, 100),
  // 飞书
  FEISHU_APP_ID: optional,
  FEISHU_APP_SECRET: optional,
  FEISHU_ENCRYPT_KEY: optional,
  FEISHU_ENCRYPT_KEY_PREVIOUS: optional,
  FEISHU_VERIFICATION_TOKEN: optional,
  FEISHU_DOMAIN: z.string().default('https://open.feishu.cn'),
  FEISHU_PROXY: optional,
  FEISHU_TENANT_KEY: optional,
  SEAL_KEY: optional,
  // 模拟平台
  EMULATOR_PORT: integer(3001, 0, 65535),
  DEMO_START: z.string().default('2026-05-28T15:00:00+08:00'),
  // 业务
  DISTRICT_NAME: z.string().default('滨湾新区'),
  BOT_NAME: z.string().default('督查助手'),
  ADMIN_MOBILES: list,
  ADMIN_OPEN_IDS: list,
  DOCUMENT_NUMBER_PATTERN: z
    .string()
    .default('湾督〔{year}〕{number}号')
    .refine((text) => text.includes('{year}') && text.includes('{number}'), '文号格式须含 {year} 和 {number}'),
  ORDER_RECEIPT_WITHIN_DAYS: integer(1, 1, 30),
  ORDER_REPLY_WITHIN_DAYS: integer(3, 1, 60),
  ACKNOWLEDGE_WITHIN_DAYS: integer(2, 1, 30),
  DECLINE_WITHIN_DAYS: integer(2, 1, 30),
  CANCEL_IMPORT_WITHIN_MINUTES: integer(10, 1, 1440),
});

/** 全部变量名，按 .env.example 的次序 */
export const variableNames: readonly string[] = Object.keys(schema.shape);

export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly logLevel: string;
  readonly metricsToken: string | undefined;
  /** LibreOffice；none：不用；undefined：到常见的位置去找 */
  readonly sofficePath: string | undefined;
  readonly clicksPerTenSeconds: number;
  readonly uploadsPerMinute: number;
  readonly databaseUrl: string | undefined;
  readonly databasePool: number;
  /** undefined: no credentials, the emulator is the platform */
  readonly feishu: FeishuConfig | undefined;
  readonly sealKey: string | undefined;
  readonly emulator: { readonly port: number; readonly demoStart: Date } | undefined;
  readonly districtName: string;
  readonly botName: string;
  readonly adminMobiles: readonly string[];
  readonly adminOpenIds: readonly string[];
  readonly documentNumberPattern: string;
  readonly orderReceiptWithinDays: number;
  readonly orderReplyWithinDays: number;
  readonly acknowledgeWithinDays: number;
  readonly declineWithinDays: number;
  readonly cancelImportWithinMinutes: number;
}

export interface FeishuConfig {
  readonly appId: string;
  readonly appSecret: string;
  /** the current key first, then the previous one while it is being rotated */
  readonly encryptKeys: readonly string[];
  readonly verificationToken: string;
  readonly domain: string;
  /** undefined: straight to the platform */
  readonly proxy?: string | undefined;
  readonly tenantKey: string | undefined;
}

/** 配置有误 — its message is Chinese, one line per variable, and is all that the operator needs to see. */
export class ConfigError extends Error {}

/**
 * 读配置 — the only place that reads environment variables. `X_FILE` names a file that holds the value of `X` (container secrets).
 * @throws ConfigError with one readable Chinese line per faulty variable
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, readFile: (path: string) => string): Config {
  const values: Record<string, string | undefined> = {};
  for (const name of variableNames) {
    const file = env[`${name}_FILE`];
    const value = file ? readFile(file).trim() : env[name];
    if (value !== undefined && value !== '') values[name] = value;
  }
  const parsed = schema.safeParse(values, { error: z.locales.zhCN().localeError });
  if (!parsed.success) {
    throw new ConfigError(
      [
        '配置有误，未能启动：',
        ...parsed.error.issues.map((issue) => `  ${issue.path.join('.')}：${issue.message}`),
        '请对照 .env.example 修改后重试。',
      ].join('\n'),
    );
  }
  return arrange(parsed.data);
}

function arrange(v: z.output<typeof schema>): Config {
  const feishu = feishuConfig(v);
  checkSealKey(v.SEAL_KEY, feishu);
  if (v.NODE_ENV === 'production' && !feishu) {
    throw new ConfigError(
      '配置有误，未能启动：\n  生产环境（NODE_ENV=production）须填写飞书应用凭证，模拟平台拒绝启动。\n请对照 .env.example 填写 FEISHU_ 开头的变量。',
    );
  }
  const host = v.HOST ?? (feishu ? '0.0.0.0' : '127.0.0.1');
  return {
    environment: v.NODE_ENV,
    host,
    port: v.PORT,
    publicUrl: v.PUBLIC_URL === undefined ? `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${v.PORT}` : readPublicUrl(v.PUBLIC_URL),
    dataDir: v.DATA_DIR,
    logLevel: v.LOG_LEVEL,
    metricsToken: v.METRICS_TOKEN,
    sofficePath: v.SOFFICE_PATH,
    // 测试里的人比真人快。
    clicksPerTenSeconds: v.CLICKS_PER_TEN_SECONDS ?? (v.NODE_ENV === 'test' ? 0 : 10),
    uploadsPerMinute: v.UPLOADS_PER_MINUTE ?? (v.NODE_ENV === 'test' ? 0 : 3),
    databaseUrl: v.DATABASE_URL,
    databasePool: v.DATABASE_POOL,
    feishu,
    sealKey: v.SEAL_KEY,
    emulator: feishu ? undefined : { port: v.EMULATOR_PORT, demoStart: demoStart(v.DEMO_START) },
    districtName: v.DISTRICT_NAME,
    botName: v.BOT_NAME,
    adminMobiles: v.ADMIN_MOBILES.map((mobile) => mobile.replace(/\D/g, '')),
    adminOpenIds: v.ADMIN_OPEN_IDS,
    documentNumberPattern: v.DOCUMENT_NUMBER_PATTERN,
    orderReceiptWithinDays: v.ORDER_RECEIPT_WITHIN_DAYS,
    orderReplyWithinDays: v.ORDER_REPLY_WITHIN_DAYS,
    acknowledgeWithinDays: v.ACKNOWLEDGE_WITHIN_DAYS,
    declineWithinDays: v.DECLINE_WITHIN_DAYS,
    cancelImportWithinMinutes: v.CANCEL_IMPORT_WITHIN_MINUTES,
  };
}

const credentials = ['FEISHU_APP_ID', 'FEISHU_APP_SECRET', 'FEISHU_ENCRYPT_KEY', 'FEISHU_VERIFICATION_TOKEN'] as const;

function feishuConfig(v: z.output<typeof schema>): FeishuConfig | undefined {
  const missing = credentials.filter((name) => v[name] === undefined);
  if (missing.length === credentials.length) return undefined;
  const { FEISHU_APP_ID: appId, FEISHU_APP_SECRET: appSecret, FEISHU_ENCRYPT_KEY: encryptKey, FEISHU_VERIFICATION_TOKEN: verificationToken } = v;
  if (!appId || !appSecret || !encryptKey || !verificationToken) {
    throw new ConfigError(
      `配置有误，未能启动：\n  飞书凭证不全，缺少 ${missing.join('、')}。\n四项须同时填写（使用飞书），或全部留空（使用模拟平台）。`,
    );
  }
  if (encryptKey.length < encryptKeyMin) {
    throw new ConfigError(
      `配置有误，未能启动：\n  FEISHU_ENCRYPT_KEY：至少 ${encryptKeyMin} 个字符；请在开放平台「事件与回调 → 加密策略」重新生成。`,
    );
  }
  if (v.FEISHU_ENCRYPT_KEY_PREVIOUS !== undefined && v.FEISHU_ENCRYPT_KEY_PREVIOUS.length < encryptKeyMin) {
    throw new ConfigError(
      `配置有误，未能启动：\n  FEISHU_ENCRYPT_KEY_PREVIOUS：至少 ${encryptKeyMin} 个字符；旧钥太短就不要再认，请删去这一项，两边直接换成新钥。`,
    );
  }
  if (v.PUBLIC_URL === undefined) {
    throw new ConfigError('配置有误，未能启动：\n  PUBLIC_URL：使用飞书时必填，例如 https://duban.example.gov.cn（飞书从公网访问的地址）。');
  }
  if (!/^https?:\/\/[^/]+$/.test(v.FEISHU_DOMAIN.replace(/\/+$/, ''))) {
    throw new ConfigError('配置有误，未能启动：\n  FEISHU_DOMAIN：应为形如 https://open.feishu.cn 的地址，不带路径。');
  }
  return {
    appId,
    appSecret,
    encryptKeys: v.FEISHU_ENCRYPT_KEY_PREVIOUS ? [encryptKey, v.FEISHU_ENCRYPT_KEY_PREVIOUS] : [encryptKey],
    verificationToken,
    domain: v.FEISHU_DOMAIN.replace(/\/+$/, ''),
    proxy: readProxy(v.FEISHU_PROXY),
    tenantKey: v.FEISHU_TENANT_KEY,
  };
}

/** 对外的网址 — it goes as it stands into QR slips and print addresses; our pages begin at the root. @throws ConfigError when they would lead nowhere */
function readPublicUrl(text: string): string {
  const address = text.trim().replace(/\/+$/, '');
  if (!/^https?:\/\/[a-z\d.:[\]-]+$/i.test(address) || !URL.canParse(address))
    throw new ConfigError(
      '配置有误，未能启动：\n  PUBLIC_URL：应为形如 https://duban.example.gov.cn 的地址，带 https://，不带路径；与别的网站同一台机器的，请另用一个域名或端口。',
    );
  return address;
}

/** 出网的代理 — undefined or empty: none. @throws ConfigError when it is no address */
export function readProxy(text: string | undefined): string | undefined {
  if (!text?.trim()) return undefined;
  if (!/^https?:\/\/[^/]+\/?$/.test(text.trim()))
    throw new ConfigError('配置有误，未能启动：\n  FEISHU_PROXY：应为形如 http://10.0.0.1:8080 的地址，不带路径；不经代理就留空。');
  return text.trim();
}

/** 印章的密钥 — long enough, and not the Encrypt Key: whoever learns how the platform's requests are sealed can't seal buttons yet. */
function checkSealKey(sealKey: string | undefined, feishu: FeishuConfig | undefined): void {
  const generate = '可用 openssl rand -hex 32 生成；不填则用应用密钥';
  if (sealKey !== undefined && sealKey.length < sealKeyMin)
    throw new ConfigError(`配置有误，未能启动：\n  SEAL_KEY：至少 ${sealKeyMin} 个字符，${generate}。`);
  if (feishu?.encryptKeys.includes(sealKey ?? feishu.appSecret))
    throw new ConfigError(
      sealKey === undefined
        ? '配置有误，未能启动：\n  FEISHU_APP_SECRET：不能与 Encrypt Key 相同，请核对是否抄错了一项。'
        : `配置有误，未能启动：\n  SEAL_KEY：不能与 Encrypt Key（现在的或旧的）相同，请另用一个，${generate}。`,
    );
}

function demoStart(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new ConfigError('配置有误，未能启动：\n  DEMO_START：不是日期时间，例如 2026-05-28T15:00:00+08:00');
  return at;
}
