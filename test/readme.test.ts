import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Requirement, requiredCallbacks, requiredEvents, requiredScopes } from '#platform/feishu/requirements';

const root = new URL('../', import.meta.url);
const documents = ['README.md', 'src/ARCHITECTURE.md', 'src/GLOSSARY.md', 'cards/README.md', 'test/README.md'];
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

const table = (what: string, list: readonly Requirement[]): string =>
  [`| ${what} | 用途 |`, '|---|---|', ...list.map(({ name, reason }) => `| \`${name}\` | ${reason} |`)].join('\n');

describe('说明文件', () => {
  test('README 里要勾选的权限、事件、回调就是程序要的', () => {
    const tables = [table('权限', requiredScopes), table('事件', requiredEvents), table('回调', requiredCallbacks)].join('\n\n');
    const place = /(?<=<!-- requirements -->\n)[\s\S]*?(?=<!-- \/requirements -->)/;
    if (process.env.UPDATE_GOLDENS === '1') writeFileSync(new URL('README.md', root), read('README.md').replace(place, `\n${tables}\n\n`));
    expect(place.exec(read('README.md'))?.[0]).toBe(`\n${tables}\n\n`);
  });

  test('提到的文件和文件夹都在', () => {
    const missing = documents.flatMap((document) =>
      [...read(document).matchAll(/`((?:src|cards|test|prisma)\/[\w./\u4e00-\u9fff-]*)`/g)]
        .map(([, path = '']) => path)
        .filter((path) => !existsSync(new URL(path, root)))
        .map((path) => `${document} → ${path}`),
    );
    expect(missing).toEqual([]);
  });

  test('提到的命令都在 package.json 里', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((document) => [...read(document).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name));
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
