import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, test } from 'vitest';
import type { Feature } from '#core/feature';
import { features } from '#features/index';
import { operationsOf } from '#runtime/operations';
import { createRegistry } from '#runtime/registry';
import { expectGolden } from './golden.ts';
import { filesWith, importersOf, readSources } from './sources.ts';

const sources = readSources();
const all: readonly Feature[] = [...features, operationsOf(features)];

describe('源代码里的规矩', () => {
  test('读到的确实是全部源文件', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(sources.map(({ path }) => path)).toContain('src/core/clock.ts');
  });

  test('只有 core/clock.ts 看墙上的钟', () => {
    expect(filesWith(sources, /new Date\(\s*\)|Date\.now\b/)).toEqual(['src/core/clock.ts']);
  });

  test('编号上屏只经 work-items/written-code.ts：往年的带着年份', () => {
    const shown = sources.filter(({ path }) => path.startsWith('src/features/'));
    expect(filesWith(shown, /(?<!writtenCode\([^)]*)\b(item|entry)\.code\b/)).toEqual([
      // 令文里年份另写着；文件名里有文号。
      'src/features/orders/document.ts',
    ]);
  });

  test('只有 db/transaction.ts 开事务', () => {
    expect(filesWith(sources, /\$transaction\b/)).toEqual(['src/db/transaction.ts']);
    expect(filesWith(sources, /query\(\s*['"`](BEGIN|COMMIT)/i).filter((path) => !path.startsWith('src/db/'))).toEqual([]);
  });

  test('数据库里的锁一处一个号：迁移做多久，正在运行的程序也不用等它', () => {
    const keys = sources.flatMap(({ code }) => [...code.matchAll(/\b0x5348_4c\w\w\b/g)].map(([key]) => key));
    expect(keys.length).toBeGreaterThanOrEqual(3);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('业务处理程序拿不到事务的开关：开事务的函数只到运行时、命令行和总装', () => {
    const importers = importersOf(sources, 'src/db/transaction');
    expect(importers.length).toBeGreaterThan(0);
    expect(importers.filter((path) => !/^src\/((runtime|db|cli)\/|app\.ts$|emulator-controls\.ts$)/.test(path))).toEqual([]);
  });

  test('只有入口读环境变量', () => {
    expect(filesWith(sources, /process\.env\b/)).toEqual(['src/cli/main.ts', 'src/main.ts']);
  });

  test('发件箱之外没有人能发消息：写的那一半只从总装经出门闸交给送信的人', () => {
    const holders = filesWith(sources, /\bwriter\b|\bChatWriter\b/).filter((path) => !path.startsWith('src/platform/'));
    expect(holders).toEqual(['src/app.ts', 'src/runtime/outbox/deliver.ts', 'src/runtime/outbox/throttle.ts']);
    expect(filesWith(sources, /\.im\.v1\.message\b|open-apis\/im\/v1\/messages/).filter((path) => !path.startsWith('src/platform/'))).toEqual([]);
  });

  test('换发的卡片只给今天还归他的人：重画只经 core/renewal.ts，那里先看归谁', () => {
    expect(filesWith(sources, /\.redraw(?:\?\.)?\(/)).toEqual(['src/core/renewal.ts']);
  });

  test('改状态必有留痕：写事项状态的语句只有 advance-*.ts 拿得到', () => {
    expect(importersOf(sources, 'src/domain/work-items/moves/store')).toEqual(
      ['books', 'items', 'reports'].map((what) => `src/domain/work-items/advance-${what}.ts`),
    );
  });

  test('改督办令必有留痕：写督办令的语句只有 orders/advance.ts 拿得到；取号只在签发里', () => {
    expect(importersOf(sources, 'src/domain/orders/moves/store')).toEqual(['src/domain/orders/advance.ts']);
    expect(filesWith(sources, /\.(supervisionOrder|orderReply)\.(create|update|upsert|delete)/)).toEqual(['src/domain/orders/moves/store.ts']);
    expect(filesWith(sources, /\btakeNumber\(/)).toEqual(['src/domain/orders/register/store.ts', 'src/domain/orders/sign.ts']);
  });

  test('写事项、任务书和反馈的语句只在 moves/store.ts', () => {
    const orm = /\.(workItem|taskBook|progressReport)\.(create|update|upsert|delete)/;
    const sql = /(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"(WorkItem|TaskBook|ProgressReport)"/i;
    expect([...new Set([...filesWith(sources, orm), ...filesWith(sources, sql)])]).toEqual(['src/domain/work-items/moves/store.ts']);
  });

  test('述职的状态只有 advance.ts 改得了；票只有投票箱碰得到', () => {
    expect(importersOf(sources, 'src/domain/review/moves/store')).toEqual(['src/domain/review/advance.ts']);
    const writers = [
      ...filesWith(sources, /\.ballot\.(create|update|upsert|delete)/),
      ...filesWith(sources, /(INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"Ballot(Mark)?"/i),
    ];
    expect([...new Set(writers)].sort()).toEqual(['src/domain/ballots/box/store.ts', 'src/domain/review/moves/store.ts']);
  });

  test('网页的脚本把字只当字写：整段的 HTML 只有大屏的画面，那是服务器逃过了的', () => {
    expect(
      filesWith(sources, /\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|srcdoc|createContextualFragment/),
    ).toEqual(['src/http/feature-pages.ts']);
  });

  test('留痕只添不改', () => {
    expect(filesWith(sources, /\.auditEntry\.(update|upsert|delete)|(UPDATE|DELETE\s+FROM)\s+"AuditEntry"/i)).toEqual([]);
  });

  test('凭证的比较快慢无从分辨：签名、令牌、封印、密码都用 timingSafeEqual，没有一处用等号', () => {
    const server = sources.filter(({ path }) => path.startsWith('src/') && !path.startsWith('src/platform/emulator/'));
    expect(filesWith(server, /\btimingSafeEqual\(/)).toEqual([
      'src/http/pages.ts', //                       看指标的口令
      'src/platform/feishu/door.ts', //             令牌
      'src/platform/feishu/webhook-crypto.ts', //   签名
      'src/runtime/seal.ts', //                     封印
    ]);
    const secret = String.raw`\b(?:signature|verificationToken|metricsToken|encryptKey|appSecret|password|mac|m)\b`;
    const plainly = new RegExp(String.raw`${secret}\s*[!=]={1,2}(?!=|\s*(?:undefined|null|'))|(?<!typeof .*)[!=]==\s*(?:\w+\.)*${secret}`);
    for (const broken of ['if (signature === expected)', 'given !== config.verificationToken', 'value.m === mac(a)']) expect(broken).toMatch(plainly);
    expect(filesWith(server, plainly)).toEqual([]);
  });

  test('飞书的 SDK 只在 platform/feishu 里', () => {
    const users = filesWith(sources, /@larksuiteoapi\/node-sdk/);
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter((path) => !path.startsWith('src/platform/feishu/'))).toEqual([]);
  });

  test('没有 console、没有默认导出、没有 any、没有没做完的记号', () => {
    const server = sources.filter(({ path }) => !path.startsWith('src/platform/emulator/page/client/'));
    expect(filesWith(server, /\bconsole\./)).toEqual([]);
    expect(filesWith(sources, /\bexport default\b/)).toEqual([]);
    expect(filesWith(sources, /: any\b|<any>|as any\b/)).toEqual([]);
    expect(
      sources.filter(({ path }) => /TODO|FIXME|XXX/.test(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'))).map(({ path }) => path),
    ).toEqual([]);
  });

  test('随机输入只用一个种子：白天红了的，再跑还是红', () => {
    const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const own = files.filter((name) => /^import .* from 'fast-check';/m.test(readFileSync(new URL(name, import.meta.url), 'utf8')));
    expect(own).toEqual(['fast-check.ts']);
  });
});

describe('依赖方向', () => {
  test('dependency-cruiser 走过全部模块，没有一条违反', async () => {
    const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as IConfiguration;
    const { output } = await cruise(['src', 'cards'], { ...config.options, ruleSet: { forbidden: config.forbidden ?? [] }, validate: true });
    const { summary } = output as ICruiseResult;
    expect(summary.totalCruised).toBeGreaterThan(200);
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  }, 120_000);
});

describe('登记处', () => {
  test('没有两个功能用同一个名字', () => {
    expect(() => createRegistry(all)).not.toThrow();
    expect(() => createRegistry([...all, ...features.slice(0, 1)])).toThrow('two features contribute');
  });

  test('定时任务的清单', () => {
    const rows = createRegistry(all).schedules.map(({ name, cron }) => `| ${name} | \`${cron}\` |`);
    expectGolden(
      'schedules.golden.md',
      ['# 定时任务', '', '时刻为北京时间；只是闹钟，办什么由各自去查。', '', '| 名称 | cron |', '|---|---|', ...rows, ''].join('\n'),
    );
  });

  test('状态机的图', () => {
    const machines = all.flatMap((feature) => Object.entries(feature.machines ?? {}));
    expect(machines.length).toBeGreaterThan(0);
    expectGolden(
      'machines.golden.md',
      ['# 状态机', '', ...machines.flatMap(([name, machine]) => [`## ${name}`, '', '```mermaid', machine.diagram().trimEnd(), '```', ''])].join('\n'),
    );
  });
});
