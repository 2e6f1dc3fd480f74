import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDraw } from '#domain/draws/draw';
import { runCli } from './run-cli.ts';

const dir = mkdtempSync(join(tmpdir(), 'shuling-draw-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const proof = openDraw(
  { drawId: 'SZ-2026-12-18', secret: '00112233445566778899aabbccddeeff'.repeat(2), items: ['U06 科创局', 'U30 葵岭办事处', 'U31 南屿办事处'] },
  ['371920', '084415', '559003'],
);
const file = (content: unknown): string => {
  const path = join(dir, '抽签证明.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

test('谁拿到抽签证明都能重算：不要配置，也不要数据库', async () => {
  const { code, out } = await runCli(['draw', 'verify', file(proof), '--commitment', proof.commitment], {});
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    '抽签SZ-2026-12-18相符：3家，取数371920、084415、559003',
    ...proof.order.map((item, index) => `${index + 1}. ${item}`),
  ]);
});

test('次序改过、承诺对不上，说出哪里不符，退出码为1', async () => {
  const moved = await runCli(['draw', 'verify', file({ ...proof, order: [...proof.order].reverse() })], {});
  expect(moved).toMatchObject({ code: 1, out: '不符：次序不符' });
  const other = await runCli(['draw', 'verify', file(proof), '--commitment', '0'.repeat(64)], {});
  expect(other).toMatchObject({ code: 1, out: '不符：承诺不符：名单或密数与事先公布的不一样' });
});

test('不是抽签证明的文件、没有的文件，说清楚', async () => {
  expect((await runCli(['draw', 'verify', file('{"a":1}')], {})).err).toContain('不是抽签证明');
  expect((await runCli(['draw', 'verify', join(dir, '没有.json')], {})).err).toContain('读不到文件');
});
