import { expect } from 'vitest';
import type { ActionValue } from '#cards/kit/action';
import type { RealHall } from './hall-given.ts';
import { classes, classOf, grades, type Hall, points, type Round } from './hall-model.ts';

interface StoredRound {
  readonly id: string;
  readonly slot: number;
  readonly number: number;
  readonly state: string;
  readonly counts: readonly { readonly voterClass: string; readonly used: number; readonly abstained: number; readonly marked: number }[] | null;
  readonly shown: Shown | null;
  readonly box: readonly { readonly voterClass: string; readonly choice: string | null }[];
  readonly marks: readonly string[];
  /** 票、记号各由几个事务写下；还认得回的有几张；钥匙还在不在 */
  readonly writers: number;
  readonly markWriters: number;
  readonly handles: number;
  readonly keyed: boolean;
}

/** 公布出来的 */
interface Shown {
  readonly total: string | null;
  readonly excellentRate: string | null;
  readonly classes: readonly { readonly voterClass: string; readonly valid: number; readonly score: string | null; readonly distribution: unknown }[];
}

const readRounds = `
  SELECT r.id, s.position - 1 AS slot, r.number, r.state, r.counts, r.shown, r."roundKey" IS NOT NULL AS keyed,
         (SELECT COALESCE(json_agg(json_build_object('voterClass', b."voterClass", 'choice', b.choice)), '[]') FROM "Ballot" b WHERE b."roundId" = r.id) AS box,
         (SELECT COALESCE(json_agg(m.holder), '[]') FROM "BallotMark" m WHERE m."roundId" = r.id) AS marks,
         (SELECT count(DISTINCT b.xmin::text)::int FROM "Ballot" b WHERE b."roundId" = r.id) AS writers,
         (SELECT count(DISTINCT m.xmin::text)::int FROM "BallotMark" m WHERE m."roundId" = r.id) AS "markWriters",
         (SELECT count(b.handle)::int FROM "Ballot" b WHERE b."roundId" = r.id) AS handles
  FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE r."sessionId" = $1 ORDER BY s.position, r.number`;

const valueOf = (choice: string | null): number | null => (choice === null ? null : (points[choice] ?? null));
/** 不分先后地比 */
export const sorted = (lines: Iterable<string>): string[] => [...lines].sort((left, right) => (left < right ? -1 : 1));

/** 看什么 @property changed 这一步有什么办成了；`console`、`ballot`是显示主持台和测评卡的动作 */
interface Look {
  readonly step: string;
  readonly model: Hall;
  readonly hall: RealHall;
  readonly changed: boolean;
  readonly console: ActionValue;
  readonly ballot: ActionValue;
}

/** 看一步之后 — the states, the roll and the boxes are those of the model; what is seen tells nobody more than he may know. */
export async function assertAsModelled(given: Look): Promise<void> {
  const { step, model, hall } = given;
  const { query } = bound(hall);
  const [session] = await query<{ state: string; results: { slotId: string; shown: Shown }[] | null }>(
    `SELECT state, results FROM "ReviewSession" WHERE id = $1`,
  );
  const slots = await query<{ state: string }>(`SELECT state FROM "ReviewSlot" WHERE "sessionId" = $1 ORDER BY position`);
  const roll = await query<{ id: string }>(`SELECT id FROM "ReviewVoter" WHERE "sessionId" = $1 AND present`);
  const rounds = await query<StoredRound>(readRounds);
  const nameOf = (id: string): string => id.slice(hall.id.length + 1);
  expect({ step, state: session?.state, slots: slots.map(({ state }) => state), present: sorted(roll.map(({ id }) => nameOf(id))) }).toEqual({
    ...{ step, state: model.phase, slots: model.slots.map(({ state }) => state), present: sorted(model.present) },
  });
  const modelled = model.slots.flatMap(({ rounds: own }, slot) => own.map((round, index) => ({ slot, number: index + 1, round })));
  expect({ step, rounds: rounds.map(({ slot, number, state }) => [slot, number, state]) }).toEqual({
    step,
    rounds: modelled.map(({ slot, number, round }) => [slot, number, round.state]),
  });
  for (const [index, stored] of rounds.entries()) {
    const round = modelled[index]?.round as Round;
    assertBox(stored, round, { step, nameOf });
    if (stored.state !== 'open') assertSealed(stored, hall, step);
    if (stored.shown) assertCovered(stored.shown, round, step);
  }
  for (const { slotId, shown } of session?.results ?? []) {
    const slot = model.slots[Number(nameOf(slotId))];
    assertCovered(shown, slot?.rounds.findLast(({ state }) => state === 'closed') as Round, step);
  }
  // 什么都没有变，看得到的也就没有变；一张票也没有，也就没有什么可看。
  if (!given.changed || rounds.every(({ box }) => box.length === 0)) return;
  const visible = await hall.everythingVisible(given.console, given.ballot);
  await assertNothingSeen(given, rounds, visible);
  const published = [...rounds.flatMap(({ shown }) => shown ?? []), ...(session?.results ?? []).map(({ shown }) => shown)];
  assertUnsaid(`${visible}\n${await hall.everythingSent()}`, { step, published, rounds: modelled.map(({ round }) => round) });
}

/** I6：箱里的票就是投过的人的票，一人一张；关闭时数的也是它 */
function assertBox(
  { box, marks, counts }: StoredRound,
  { ballots }: Round,
  { step, nameOf }: { step: string; nameOf: (id: string) => string },
): void {
  const lineOf = (voterClass: string, choice: string | null): string => `${voterClass} ${choice ?? '弃权'}`;
  expect({ step, box: sorted(box.map(({ voterClass, choice }) => lineOf(voterClass, choice))), marks: sorted(marks.map(nameOf)) }).toEqual({
    ...{ step, box: sorted([...ballots].map(([holder, choice]) => lineOf(classOf(holder), choice))), marks: sorted(ballots.keys()) },
  });
  if (!counts) return;
  const own = (name: string): (string | null)[] => [...ballots].flatMap(([holder, choice]) => (classOf(holder) === name ? [choice] : []));
  expect({ step, counts: counts.map(({ voterClass, used, abstained, marked }) => ({ voterClass, used, abstained, marked })) }).toEqual({
    step,
    counts: classes.map(({ name }) => ({
      ...{ voterClass: name, used: own(name).length, marked: own(name).length, abstained: own(name).filter((choice) => choice === null).length },
    })),
  });
}

/** S19：封了的箱子一个事务写完，没有认得回人的钥匙和指纹 */
function assertSealed({ id, box, writers, markWriters, handles, keyed }: StoredRound, { sealedSeen }: RealHall, step: string): void {
  if (sealedSeen.has(id)) return;
  sealedSeen.add(id);
  const once = box.length > 0 ? 1 : 0;
  expect({ step, writers, markWriters, handles, keyed }).toEqual({ step, writers: once, markWriters: once, handles: 0, keyed: false });
}

/** 一轮里各类的分 — worked out from the ballots, apart from the product. */
function scoredOf({ ballots }: Round) {
  return classes.flatMap(({ name, weight }) => {
    const values = [...ballots].flatMap(([holder, choice]) => (classOf(holder) === name ? (valueOf(choice) ?? []) : []));
    return values.length === 0 ? [] : [{ name, weight, values, score: values.reduce((sum, value) => sum + value, 0) / values.length }];
  });
}
const weighedOf = (scored: ReturnType<typeof scoredOf>): number =>
  scored.reduce((sum, { weight, score }) => sum + weight * score, 0) / scored.reduce((sum, { weight }) => sum + weight, 0);

/** S9、S20：没有公布的、遮住的，哪一张卡片、哪一条消息、哪一页上都没有这个数 */
function assertUnsaid(said: string, { step, published, rounds }: { step: string; published: readonly Shown[]; rounds: readonly Round[] }): void {
  const open = new Set(published.flatMap(({ total, excellentRate, classes: own }) => [total, excellentRate, ...own.map(({ score }) => score)]));
  const secret = rounds.map(scoredOf).flatMap((scored) => (scored.length === 0 ? [] : [weighedOf(scored), ...scored.map(({ score }) => score)]));
  const words = secret.map((score) => score.toFixed(2)).filter((score) => !open.has(score));
  expect({ step, told: words.filter((word) => new RegExp(`(?<![\\d.])${word.replace('.', '\\.')}(?!\\d)`).test(said)) }).toEqual({ step, told: [] });
}

/** S20：少于五张的、全都一样的不单列；遮住的不止一类，合起来也不少；总分与票相符 */
function assertCovered({ total, classes: shown }: Shown, round: Round, step: string): void {
  const scored = scoredOf(round);
  const isShown = (name: string): boolean => {
    const found = shown.find(({ voterClass }) => voterClass === name);
    return found !== undefined && (found.score !== null || found.distribution !== null);
  };
  const covered = scored.filter(({ name }) => !isShown(name));
  const all = scored.reduce((sum, { values }) => sum + values.length, 0);
  for (const { name, values } of scored) {
    const open = { step, name, open: isShown(name) };
    if (values.length < 5 || all < 5 || new Set(values).size === 1) expect(open).toEqual({ step, name, open: false });
  }
  if (all < 5) expect({ step, total }).toEqual({ step, total: null });
  if (total === null) return;
  if (covered.length > 0 && covered.length < scored.length)
    expect({ step, covered: covered.length > 1 && covered.reduce((sum, { values }) => sum + values.length, 0) >= 5 }).toEqual({
      step,
      covered: true,
    });
  expect(Math.abs(Number(total) - weighedOf(scored)), `${step}：总分${total}`).toBeLessThanOrEqual(0.0051);
}

const mirror = `UPDATE "Ballot" SET choice = CASE choice WHEN '${grades[0]}' THEN '${grades[3]}' WHEN '${grades[3]}' THEN '${grades[0]}'
  WHEN '${grades[1]}' THEN '${grades[2]}' WHEN '${grades[2]}' THEN '${grades[1]}' END WHERE choice IS NOT NULL AND "roundId" = ANY($1)`;

/**
 * S9：关闭之前（延迟公布的，放行之前）看得到的与选了什么无关 — everything visible is read, every such ballot is turned into its
 * opposite, and everything visible is the same to a byte.
 */
async function assertNothingSeen({ step, model, hall, console, ballot }: Look, rounds: readonly StoredRound[], before: string): Promise<void> {
  const secret = rounds.filter(({ state, shown, box }) => box.length > 0 && (state !== 'closed' || (!shown && model.phase !== 'published')));
  if (secret.length === 0) return;
  const ids = secret.map(({ id }) => id);
  await hall.world.query(mirror, [ids]);
  const after = await hall.everythingVisible(console, ballot);
  await hall.world.query(mirror, [ids]);
  expect({ step, seen: after }).toEqual({ step, seen: before });
}

function bound({ world, id }: RealHall) {
  return { query: <Found>(sql: string): Promise<Found[]> => world.query<Found>(sql, [id]) };
}
