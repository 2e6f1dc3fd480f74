import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import qrcode from 'qrcode';
import { InvalidError } from '#core/errors';
import { type RegisteredApp, registerApp } from '#platform/feishu/register-app';
import { readProxy } from '../config.ts';
import { exitCodes, type Shell } from './shell.ts';

export interface SetupOptions {
  readonly name: string;
  /** of the platform */
  readonly domain: string;
  /** where the variables go */
  readonly envFile: string;
}

/** 扫码建应用 — shows the code, waits for the scan, writes the new variables, and says what is left to do by hand. @throws AppError */
export async function setup(shell: Shell, options: SetupOptions): Promise<number> {
  refuseSecondApp(options.envFile);
  const app = await registerApp({
    name: options.name,
    description: '督查督办：任务书、签收、反馈、台账',
    domain: options.domain,
    proxy: readProxy(shell.env['FEISHU_PROXY']),
    onQrCode: (code) => void showCode(shell, code),
  });
  const encryptKey = randomBytes(24).toString('base64url');
  appendFileSync(options.envFile, envLines(app, { ...options, encryptKey }), { mode: 0o600 });
  chmodSync(options.envFile, 0o600);
  for (const line of nextSteps(options.envFile)) shell.out(line);
  return exitCodes.done;
}

/** 已有凭证的文件不再追加：两套凭证写在一处，不知道用的是哪一套。 */
function refuseSecondApp(envFile: string): void {
  if (existsSync(envFile) && /^FEISHU_APP_ID=./m.test(readFileSync(envFile, 'utf8')))
    throw new InvalidError(`${envFile} 里已有飞书凭证。要另建应用，请先移走这个文件。`);
}

async function showCode(shell: Shell, { url, expiresInSeconds }: { url: string; expiresInSeconds: number }): Promise<void> {
  shell.out(await qrcode.toString(url, { type: 'terminal', small: true }));
  shell.out(`请用飞书扫码，并在手机上确认创建应用（${Math.floor(expiresInSeconds / 60)}分钟内有效）。也可以打开：`);
  shell.out(url);
}

/** .env 的新行 @param options.encryptKey a fresh one; the console asks for it */
function envLines({ appId, appSecret, ownerOpenId }: RegisteredApp, { domain, encryptKey }: { domain: string; encryptKey: string }): string {
  return [
    '',
    `FEISHU_APP_ID=${appId}`,
    `FEISHU_APP_SECRET=${appSecret}`,
    `FEISHU_ENCRYPT_KEY=${encryptKey}`,
    'FEISHU_VERIFICATION_TOKEN=',
    `FEISHU_DOMAIN=${domain}`,
    'PUBLIC_URL=',
    ...(ownerOpenId === null ? [] : [`ADMIN_OPEN_IDS=${ownerOpenId}`]),
    '',
  ].join('\n');
}

function nextSteps(envFile: string): readonly string[] {
  return [
    `应用已创建，凭证已写入 ${envFile}。还要做四件事：`,
    '  1. 开放平台「事件与回调 → 加密策略」：Encrypt Key 填文件里的 FEISHU_ENCRYPT_KEY；把 Verification Token 抄到 FEISHU_VERIFICATION_TOKEN。',
    '  2. 在文件里填 PUBLIC_URL（飞书从公网访问的 https 地址），然后 npm start。',
    '  3. 开放平台「事件与回调」：事件的请求地址填 PUBLIC_URL/webhook/event，回调的请求地址填 PUBLIC_URL/webhook/card。',
    '  4. 创建版本并发布，由企业管理员审核；之后运行 npm run cli -- doctor 核对。',
  ];
}
