import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { everyKind, type Step, type StepKind } from '../simulation/wire.ts';
import { openWorld, type World } from '../simulation/world.ts';
import { differences, type Ledger, takeLedger } from './ledger.ts';
import { type Chapter, stories } from './story.ts';
import { type Teller, tellerOf } from './teller.ts';

/** 断点 — before or after the `nth` step of a chapter. */
export interface Point {
  readonly chapter: number;
  readonly nth: number;
  readonly when: 'before' | 'after';
  readonly step: Step;
}

/** 第二次断在起来之后的第几步 */
export type Second = Pick<Point, 'nth' | 'when'>;

/** 断点的戏台 */
export interface PointStage {
  readonly chapters: readonly string[];
  readonly points: readonly Point[];
  /**
   * Tells the chapter once more, with a program that dies there, and perhaps another time while its successor makes up for it.
   * @param point null: nobody dies @param meddle what somebody does to the books before they are compared
   * @returns what differs from the uncut story
   */
  tell(point: Point | { readonly chapter: number }, second?: Second | null, meddle?: (world: World) => Promise<unknown>): Promise<string[]>;
  close(): Promise<void>;
}

/** 一章的布景 — where it begins, the steps that it takes and the ledger at its end when nobody dies. */
interface Scene extends Place {
  readonly chapter: Chapter;
  readonly steps: readonly Step[];
  readonly ledger: Ledger;
}

interface Place {
  readonly database: TestDatabase;
  readonly platform: string;
}

/** 事务里的一次写，之后断与下一步之前断，留在库里的一样：只断一次。 */
const alikeAfterwards: readonly StepKind[] = ['write', 'settle'];
const began = new Date('2026-05-28T07:00:00Z');

/** 搭戏台 — tells every chapter once without a death. */
export async function buildPointStage(): Promise<PointStage> {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-points-'));
  let places = 0;
  /** 搬一份，从那里接着讲 */
  const copy = async (from?: Place): Promise<Place> => {
    places += 1;
    const platform = join(folder, String(places));
    if (from) cpSync(from.platform, platform, { recursive: true });
    else mkdirSync(platform);
    return { platform, database: await createTestDatabase(from && new URL(from.database.url).pathname.slice(1)) };
  };
  const tellIn = async <Told>({ database, platform }: Place, seed: number, work: (teller: Teller) => Promise<Told>): Promise<Told> => {
    const world = await openWorld({ seed, databaseUrl: database.url, at: began, journal: join(platform, 'emulator.jsonl') });
    try {
      return await work(tellerOf(world));
    } finally {
      await world.close();
    }
  };
  const scenes: Scene[] = [];
  const last: Place[] = [];
  for (const [number, story] of stories.entries()) {
    let place = await copy();
    // 种子管编号：一处接着一处讲的，编号不许重。
    await tellIn(place, 100 + number, async (teller) => story[0]?.prepare?.(teller));
    for (const [index, chapter] of story.entries()) {
      const begin = place;
      place = await copy(begin);
      const scene = await tellIn(place, scenes.length, async (teller) => {
        const steps: Step[] = [];
        teller.world.wire.onStep((step) => steps.push(step));
        await chapter.play(teller);
        teller.world.wire.onStep(() => undefined);
        const ledger = await takeLedger(teller.world);
        await story[index + 1]?.prepare?.(teller);
        return { chapter, steps, ledger };
      });
      scenes.push({ ...scene, ...begin });
    }
    last.push(place);
  }
  return {
    chapters: scenes.map(({ chapter }) => chapter.name),
    points: scenes.flatMap(({ steps }, chapter) => steps.flatMap((step, index) => pointsOf(step, { chapter, nth: index + 1 }))),
    async tell(point, second, meddle) {
      const scene = scenes[point.chapter];
      if (!scene) throw new Error(`没有第${point.chapter}章`);
      const place = await copy(scene);
      try {
        return await tellIn(place, point.chapter, (teller) => retell(teller, scene, { point: 'nth' in point ? point : null, second, meddle }));
      } finally {
        await place.database.close();
        rmSync(place.platform, { recursive: true, force: true });
      }
    },
    async close() {
      for (const { database } of [...scenes, ...last]) await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function pointsOf(step: Step, where: Pick<Point, 'chapter' | 'nth'>): Point[] {
  const whens = alikeAfterwards.includes(step.kind) ? (['before'] as const) : (['before', 'after'] as const);
  return whens.map((when) => ({ ...where, when, step }));
}

interface Retelling {
  readonly point: Point | null;
  readonly second: Second | null | undefined;
  readonly meddle: ((world: World) => Promise<unknown>) | undefined;
}

async function retell(teller: Teller, { chapter, ledger }: Scene, { point, second, meddle }: Retelling): Promise<string[]> {
  const { world } = teller;
  let nth = 0;
  let reached: Step | undefined;
  world.wire.onStep((step) => {
    nth += 1;
    if (nth === point?.nth) reached = step;
  });
  if (point) world.wire.arm(point.nth, point.when, everyKind);
  if (second) void world.wire.whenCut().then(() => world.wire.arm(second.nth, second.when, everyKind));
  await chapter.play(teller);
  world.wire.disarm();
  await meddle?.(world);
  const differs = differences(ledger, await takeLedger(world));
  // 同一个种子，走到那里的是同一步；不然断的就不是说的那一处。
  if (point && (world.counts.crashes === 0 || JSON.stringify(reached) !== JSON.stringify(point.step)))
    differs.push(`没有断在说好的那一步：${JSON.stringify(reached)}`);
  return differs;
}
