import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase } from '../database.ts';
import { type Stage, stageOf } from '../stage.ts';
import { checkDay } from './checks.ts';
import { instant } from './model.ts';
import { issueBooks, modelOf, type Outcome, simulate } from './run.ts';
import { openWorld } from './world.ts';

// 一年的模拟在 npm run nightly；这里只过几天，看它红得了、重放得了。下达那天反馈期已开：签收、提醒、反馈、审签、采纳都赶在一起。
const from = '2026-06-22';
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const journalIn = (folder: string): string => join(folder, 'emulator.jsonl');

let stage: Stage;
beforeAll(async () => {
  stage = await stageOf('simulated', async (databaseUrl, platform) => {
    const world = await openWorld({ seed: 0, databaseUrl, at: instant(from, '08:00'), journal: journalIn(platform) });
    await issueBooks(world);
    const at = world.now();
    await world.close();
    return at;
  });
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** 搬来下达之后的布景 */
async function onStage<Done>(work: (place: { databaseUrl: string; journal: string }) => Promise<Done>): Promise<Done> {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-simulated-'));
  folders.push(folder);
  cpSync(stage.platform, folder, { recursive: true });
  const database = await createTestDatabase(stage.template);
  try {
    return await work({ databaseUrl: database.url, journal: journalIn(folder) });
  } finally {
    await database.close();
  }
}

let first: Outcome;
const trace: string[] = [];
const live = (days: number, onTrace: (line: string) => void): Promise<Outcome> =>
  onStage((place) => simulate({ seed: 7, days, from, zeal: 0.15, onTrace, ...place }));

test('三天：崩溃、停机、重复、故障都来过，逐日核对无一不符', async () => {
  first = await live(3, (line) => trace.push(line));
  expect(first.problems).toEqual([]);
  expect(first.acknowledged).toBeGreaterThan(20);
  expect(first.counts.crashes + first.counts.faults).toBeGreaterThan(0);
});

test('同一个种子，重放到最后一个字节', async () => {
  const again: string[] = [];
  const { hashes } = await live(1, (line) => again.push(line));
  const parted = again.findIndex((line, index) => line !== trace[index]);
  // 分了岔，就看得见从哪一行起。
  expect(again.slice(parted === -1 ? again.length : parted)).toEqual(parted === -1 ? [] : trace.slice(parted, again.length));
  expect(hashes).toEqual(first.hashes.slice(0, 1));
});

test('核对真的看得出：库里悄悄改了一项，就不符', async () => {
  const problems = await onStage(async ({ databaseUrl, journal }) => {
    const world = await openWorld({ seed: 1, databaseUrl, at: instant(from, '08:00'), journal });
    const model = await modelOf(world);
    await world.sql(`UPDATE "WorkItem" SET percent = 99 WHERE code = '管-063'`);
    await world.sql(`UPDATE "WorkItem" SET "dueOn" = '2027-01-01' WHERE code = '党-031'`);
    await world.sql(`UPDATE "TaskBook" SET status = 'acknowledged' WHERE "unitCode" = 'U09'`);
    const found = await checkDay(world, model, from);
    await world.close();
    return found;
  });
  expect(problems).toEqual([
    expect.stringContaining('I1 党-031 dueOn'),
    'B11-3 党-031 has another limit and nobody approved it',
    'I1 管-063 percent: 99, the model 0',
    expect.stringMatching(/^I7 taskBook .*: the trail ends at issued, it is acknowledged$/),
  ]);
});
