import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** 上一版 — laid out beside this one, ready to be built and run. */
export interface FormerVersion {
  readonly commit: string;
  /** of its tree */
  readonly root: string;
  readonly migrations: readonly string[];
  /** ours that it does not have */
  readonly added: readonly string[];
  remove(): void;
}

const ourRoot = fileURLToPath(new URL('../..', import.meta.url));
const folder = 'prisma/migrations';

/**
 * 摆出上一版 — from git into a folder of its own, with our packages and its own database client.
 * @param wanted a commit; left out: the newest before this one that has one migration fewer
 * @throws Error in Chinese when there is no such version, or it is not one that this one follows
 */
export function layOutFormer(wanted: string | undefined, say: (line: string) => void): FormerVersion {
  if (run('git', ['rev-parse', 'HEAD']).status !== 0) throw new Error('这里没有 git 历史，取不出上一版：请在克隆的仓库里跑');
  const commit = wanted === undefined ? newestWithOneFewer() : text('git', ['rev-parse', '--verify', `${wanted}^{commit}`]).trim();
  const root = mkdtempSync(join(tmpdir(), 'shuling-former-'));
  const remove = (): void => rmSync(root, { recursive: true, force: true });
  try {
    const archive = join(root, 'former.tar');
    text('git', ['archive', '--format=tar', `--output=${archive}`, `${commit}:${text('git', ['rev-parse', '--show-prefix']).trim()}`]);
    text('tar', ['-xf', archive, '-C', root]);
    rmSync(archive);
    symlinkSync(realpathSync(join(ourRoot, 'node_modules')), join(root, 'node_modules'));
    if (lockOf(root) !== lockOf(ourRoot)) say('上一版的依赖与现在的不同：它用的是现在的');
    text('node_modules/.bin/prisma', ['generate', '--config', 'prisma/prisma.config.ts'], root);
    const migrations = migrationsOf(root);
    const ours = migrationsOf(ourRoot);
    const strange = migrations.filter((name) => !ours.includes(name) || sqlOf(root, name) !== sqlOf(ourRoot, name));
    if (strange.length > 0) throw new Error(`${commit.slice(0, 9)} 不是现在这一版的前身：迁移 ${strange.join('、')} 不一样`);
    const added = ours.filter((name) => !migrations.includes(name));
    say(`上一版 ${text('git', ['log', '-1', '--format=%h %cs %s', commit]).trim()}；现在多了迁移 ${added.join('、') || '（没有）'}`);
    return { commit, root, migrations, added, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function newestWithOneFewer(): string {
  const wanted = migrationsOf(ourRoot).length - 1;
  const changes = text('git', ['log', '--format=%H', '--', folder]).split('\n').filter(Boolean);
  const found = ['HEAD', ...changes.map((commit) => `${commit}^`)].find(
    (commit) =>
      run('git', ['ls-tree', '-d', '--name-only', commit, `${folder}/`])
        .stdout.split('\n')
        .filter(Boolean).length === wanted,
  );
  if (found === undefined) throw new Error('git 历史里没有少一个迁移的提交（只克隆了最近的几个？）：请用 UPGRADE_FROM 指明上一版');
  return text('git', ['rev-parse', found]).trim();
}

function migrationsOf(root: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

const sqlOf = (root: string, name: string): string => readFileSync(join(root, folder, name, 'migration.sql'), 'utf8');
const lockOf = (root: string): string => readFileSync(join(root, 'package-lock.json'), 'utf8');

const run = (command: string, words: readonly string[], cwd = ourRoot) =>
  spawnSync(command, words, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });

function text(command: string, words: readonly string[], cwd = ourRoot): string {
  const { status, stdout, stderr, error } = run(command, words, cwd);
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} 没有办成：${error?.message ?? stderr}`);
  return stdout;
}
