import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** 同行：与它们比，却不依赖它们；版本写死 */
export const peerVersions = {
  '@slack/bolt': '5.1.0',
  koishi: '4.18.11',
  '@koishijs/plugin-http': '0.6.3',
  '@koishijs/plugin-server': '3.2.9',
  '@satorijs/adapter-lark': '3.12.4',
  probot: '14.3.2',
} as const;

const patienceMs = 300_000;
const unreachable = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)\b/;

/** 装好的同行，或装不上的原因 */
export type Installed = { readonly folder: string; readonly remove: () => void } | { readonly problem: string };

/** 装同行 — into a temporary folder, from the registry that npm is configured with; no install script of theirs runs. */
export function installPeers(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-bench-peers-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const specs = Object.entries(peerVersions).map(([name, version]) => `${name}@${version}`);
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error', '--fetch-retries', '1', '--fetch-retry-mintimeout', '1000'];
  const { status, stderr, error } = spawnSync('npm', ['install', '--prefix', folder, ...quiet, ...specs], {
    cwd: folder,
    encoding: 'utf8',
    timeout: patienceMs,
  });
  if (status === 0) return { folder, remove };
  remove();
  const said = error ? error.message : stderr.trim().split('\n').slice(0, 3).join(' ');
  return { problem: problemOf(said, specs.join('、')) };
}

function problemOf(said: string, specs: string): string {
  const why = unreachable.test(said) ? '连不上 npm 的仓库，同行没有装上' : 'npm 没有装成同行';
  return `没有比：${why}（${specs}）。请连上网，或用 npm_config_registry 指明连得上的镜像，再跑一次 npm run bench -- 同行。npm 说：${said}`;
}
