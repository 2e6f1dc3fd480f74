import type { HealthResult } from '#core/health';
import type { Config } from '../config.ts';

/** 一项诊断的结果 */
export type Finding = HealthResult & { readonly name: string };

const nodeNeeded = [20, 19] as const;
const answerWithinMs = 2_000;

/** 运行环境 @param version of Node, as `20.19.0` */
export function checkRuntime(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > nodeNeeded[0] || (major === nodeNeeded[0] && minor >= nodeNeeded[1]);
  return enough
    ? { name: '运行环境', status: 'pass', finding: `Node ${version}` }
    : { name: '运行环境', status: 'fail', finding: `Node ${version} 太旧`, hint: `请安装 Node ${nodeNeeded.join('.')} 或更新的版本` };
}

/** 配置 — what is valid but unwise. */
export function checkConfig(config: Config): readonly Finding[] {
  if (!config.feishu) return [{ name: '配置', status: 'pass', finding: '没有填写飞书凭证，使用模拟平台' }];
  const advice = [
    config.publicUrl.startsWith('https://') ? [] : ['PUBLIC_URL 不是 https'],
    config.adminMobiles.length + config.adminOpenIds.length > 0 ? [] : ['没有填写 ADMIN_MOBILES 或 ADMIN_OPEN_IDS'],
    config.feishu.encryptKeys.length > 1 ? ['FEISHU_ENCRYPT_KEY_PREVIOUS 还在，换钥完成后请删去'] : [],
  ].flat();
  return advice.length === 0
    ? [{ name: '配置', status: 'pass', finding: `使用飞书（${config.feishu.domain}）` }]
    : [{ name: '配置', status: 'warn', finding: advice.join('；'), hint: '请对照 .env.example 补充' }];
}

/** 程序 — whether the server of this installation answers. */
export async function checkProgram({ host, port }: Config): Promise<Finding> {
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}/readyz`;
  try {
    const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
    if (ok) return { name: '程序', status: 'pass', finding: `正在运行（端口${port}）` };
    return { name: '程序', status: 'fail', finding: `在运行但没有就绪（${status}）`, hint: '请查看程序的日志' };
  } catch {
    return { name: '程序', status: 'skip', finding: `端口${port}没有应答，程序没有运行`, hint: '用 npm start 启动' };
  }
}
