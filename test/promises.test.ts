import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('test/README.md', root), 'utf8');
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string | undefined>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const { scripts, dependencies, devDependencies } = manifest;
const table = /<!-- promises -->([\s\S]*)<!-- \/promises -->/.exec(readme)?.[1] ?? '';
const lines = table
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .flatMap(([, id = '', , watchers = '']) => (/^[ISG]\d+$/.test(id) ? [[id, watchers] as const] : []));

describe('每一条承诺由谁看着', () => {
  test('编号一个不缺、一个不重：I1–I10、S1–S22、G1–G21', () => {
    const upTo = (letter: string, last: number): string[] => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);
    expect(lines.map(([id]) => id)).toEqual([...upTo('I', 10), ...upTo('S', 22), ...upTo('G', 21)]);
  });

  test.each(lines)('%s 的测试和命令都在，没有的说明原因', (_id, watchers) => {
    const files = [...watchers.matchAll(/`((?:test|src)\/[^`]+)`/g)].map(([, path = '']) => path);
    const commands = [...watchers.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(files.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
    expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
    if (files.length + commands.length === 0) expect(watchers).toMatch(/^没有.+：.+/);
  });

  test('依赖一律写明确切的版本，锁文件里都有校验值，自己的安装脚本只生成客户端', () => {
    const versions = Object.entries({ ...dependencies, ...devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
      packages: Record<string, { integrity?: string; link?: boolean; resolved?: string }>;
    };
    const loose = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && integrity === undefined);
    expect(loose.map(([path]) => path)).toEqual([]);
    expect(readFileSync(new URL('.npmrc', root), 'utf8')).toMatch(/ignore-scripts|allow-scripts|save-exact/);
  });
});
