import { expect } from 'vitest';
import type { ActionValue } from '#cards/kit/action';
import { assertDesk, assertWords } from './hall-desk.ts';
import type { Hall } from './hall-model.ts';
import { classOf, grades, isOwn, type Shape, units } from './hall-people.ts';
import { sorted } from './hall-post.ts';
import { assertExact, assertPublished } from './hall-published.ts';
import type { RealHall } from './hall-real.ts';
import { type Counts, type Round, type Slot, validRound } from './hall-rounds.ts';
import { type Score, scoreOf } from './hall-scores.ts';
import type { Result, Shown } from './hall-words.ts';

interface StoredRound {
  readonly id: string;
  readonly slot: number;
  readonly number: number;
  readonly state: string;
  readonly counts: readonly (Counts & { readonly marked: number })[] | null;
  readonly shown: Shown | null;
  readonly box: readonly { readonly voterClass: string; readonly choice: string | null }[];
  readonly marks: readonly string[];
  readonly comments: readonly { readonly body: string; readonly state: string }[];
  /** 领了匿名票的 */
  readonly issued: readonly string[];
  /** 票、记号、评语各由几个事务写下；还认得回的有几张；各样的钥匙还在不在 */
  readonly writers: number;
  readonly markWriters: number;
  readonly commentWriters: number;
  readonly handles: number;
  readonly keyed: boolean;
  /** 匿名票的钥匙、认得出重来的领票的，有几个 */
  readonly ticketKeys: number;
}

const readRounds = `
  SELECT r.id, s.position - 1 AS slot, r.number, r.state, r.counts, r.shown, r."roundKey" IS NOT NULL OR r."commentKey" IS NOT NULL AS keyed,
         (SELECT COALESCE(json_agg(json_build_object('voterClass', b."voterClass", 'choice', b.choice)), '[]') FROM "Ballot" b WHERE b."roundId" = r.id) AS box,
         (SELECT COALESCE(json_agg(m.holder), '[]') FROM "BallotMark" m WHERE m."roundId" = r.id) AS marks,
         (SELECT COALESCE(json_agg(json_build_object('body', c.body, 'state', c.state)), '[]') FROM "BallotComment" c WHERE c."roundId" = r.id) AS comments,
         (SELECT COALESCE(json_agg(i.holder), '[]') FROM "BallotIssue" i WHERE i."openingId" = r."openingId") AS issued,
         (SELECT count(DISTINCT b.xmin::text)::int FROM "Ballot" b WHERE b."roundId" = r.id) AS writers,
         (SELECT count(DISTINCT m.xmin::text)::int FROM "BallotMark" m WHERE m."roundId" = r.id) AS "markWriters",
         (SELECT count(DISTINCT c.xmin::text)::int FROM "BallotComment" c WHERE c."roundId" = r.id) AS "commentWriters",
         (SELECT count(b.handle)::int FROM "Ballot" b WHERE b."roundId" = r.id) + (SELECT count(c.handle)::int FROM "BallotComment" c WHERE c."roundId" = r.id) AS handles,
         (SELECT count(*)::int FROM "BallotKey" k WHERE k."openingId" = r."openingId")
           + (SELECT count(i."requestHash")::int FROM "BallotIssue" i WHERE i."openingId" = r."openingId") AS "ticketKeys"
  FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE r."sessionId" = $1 ORDER BY s.position, r.number`;

const readQuestions = `
  SELECT s.position - 1 AS slot, q.asker, q.text, q.state = 'asked' AS asked
  FROM "ReviewQuestion" q JOIN "ReviewSlot" s ON s.id = q."slotId" WHERE q."sessionId" = $1`;

interface StoredPromise {
  readonly slot: number;
  readonly content: string;
  readonly dueOn: string;
  readonly leadUnit: string | null;
  readonly status: string | null;
  readonly itemDue: string | null;
}

/** 承诺，和立成的事项 */
const readPromises = `
  SELECT s.position - 1 AS slot, p.content, p."dueOn", i."leadUnit", i.status, i."dueOn" AS "itemDue"
  FROM "ReviewPromise" p JOIN "ReviewSlot" s ON s.id = p."slotId" LEFT JOIN "WorkItem" i ON i.id = p."itemId" AND i.code = p."itemCode"
  WHERE p."sessionId" = $1`;

/** 看什么 @property changed 这一步有什么办成了；`console`、`ballot`是显示主持台和测评卡的动作 */
interface Look {
  readonly step: string;
  readonly model: Hall;
  readonly hall: RealHall;
  readonly changed: boolean;
  readonly console: ActionValue;
  readonly ballot: ActionValue;
}

/** 看一步之后 — the states, the roll, the slips and the boxes are those of the model; what is seen tells nobody more than he may know. */
export async function assertAsModelled(given: Look): Promise<void> {
  const { step, model, hall } = given;
  const { shape } = model;
  const { query } = bound(hall);
  const [session] = await query<{ state: string; released: string; hash: string; results: Result[] | null }>(
    `SELECT state, released, "ballotsHash" AS hash, results FROM "ReviewSession" WHERE id = $1`,
  );
  const slots = await query<{ state: string }>(`SELECT state FROM "ReviewSlot" WHERE "sessionId" = $1 ORDER BY position`);
  const roll = await query<{ id: string }>(`SELECT id FROM "ReviewVoter" WHERE "sessionId" = $1 AND present`);
  const slips = await query<{ state: string; by: string | null }>(
    `SELECT state, "voidAskedBy" AS by FROM "BallotSlip" WHERE "sessionId" = $1 ORDER BY serial`,
  );
  const rounds = await query<StoredRound>(readRounds);
  const { nameOf } = hall;
  expect({
    step,
    state: session?.state,
    released: session?.released,
    slots: slots.map(({ state }) => state),
    present: sorted(roll.map(({ id }) => nameOf(id))),
    slips,
  }).toEqual({
    ...{ step, state: model.phase, released: model.released, slots: model.slots.map(({ state }) => state), present: sorted(model.present) },
    slips: model.slips.all.map(({ state, askedBy: by }) => ({ state, by })),
  });
  const modelled = model.slots.flatMap(({ rounds: own }, slot) => own.map((round, index) => ({ slot, number: index + 1, round })));
  expect({ step, rounds: rounds.map(({ slot, number, state }) => [slot, number, state]) }).toEqual({
    step,
    rounds: modelled.map(({ slot, number, round }) => [slot, number, round.state]),
  });
  for (const [index, stored] of rounds.entries()) {
    const round = modelled[index]?.round as Round;
    assertBox(stored, round, { step, nameOf, shape });
    if (stored.state !== 'open') assertSealed(stored, round, given);
    if (stored.shown) assertShown(stored.shown, scoreOf(round, stored.slot, shape), { step, shape });
  }
  const questions = await query<{ slot: number; asker: string; text: string; asked: boolean }>(readQuestions);
  const inOrder = (all: typeof questions): string[] => sorted(all.map(({ slot, asker, text, asked }) => JSON.stringify([slot, asker, text, asked])));
  expect({ step, questions: inOrder(questions) }).toEqual({ step, questions: inOrder([...model.questions.all]) });
  if (shape.beside) expect({ step, trial: await hall.trial() }).toEqual({ step, trial: null });
  const promises = await query<StoredPromise>(readPromises);
  const made = (all: readonly { slot: number; content: string; dueOn: string }[]): string[] =>
    sorted(all.map(({ slot, content, dueOn }) => JSON.stringify([slot, content, dueOn])));
  const unbound = promises.filter(
    ({ slot, dueOn, leadUnit, status, itemDue }) => leadUnit !== `U${slot}` || status !== 'inProgress' || itemDue !== dueOn,
  );
  expect({ step, promises: made(promises), unbound }).toEqual({ step, promises: made(model.promises.all), unbound: [] });
  // 什么都没有变，看得到的也就没有变；一张票也没有，也就没有什么可看。
  if (!given.changed) return;
  const front = await hall.front(given.console);
  assertDesk(given, front);
  // 发给各人的话，答复之后才发：发完了再看。
  await hall.world.it.settled();
  assertWords(given);
  if (rounds.every(({ box }) => box.length === 0)) return;
  const visible = await hall.everythingVisible(front, given.ballot);
  await assertNothingSeen(given, rounds, visible);
  assertTurnout(visible, given);
  const scores = modelled.map(({ slot, round }) => scoreOf(round, slot, shape));
  const comments = rounds.flatMap((round) => round.comments.map(({ body }) => body));
  const results = session?.results ?? [];
  for (const { unitName, shown } of results) {
    const slot = units.indexOf(unitName as (typeof units)[number]);
    assertShown(shown, scoreOf(validRound(model.slots[slot] as Slot) as Round, slot, shape), { step, shape });
  }
  const atOnce = rounds.flatMap(({ state, shown }) => (shown && state === 'closed' ? [shown] : []));
  const all = results.map(({ shown, task }) => ({ ...shown, vote: task?.vote }));
  assertUnsaid(visible, { step, published: [...atOnce, ...(model.isReleased('hall') ? all : [])], comments, scores });
  const { said, toJudge } = await hall.everythingSent();
  // 即时公布过、后来作废的：发过的消息里有，现在看得到的里没有。
  const former = rounds.flatMap(({ shown }) => shown ?? []);
  // 成绩单上有放行了的评语。
  const released = model.isReleased('units')
    ? model.readable.flatMap(({ judged }) => [...judged].flatMap(([words, how]) => (how === 'released' ? [words] : [])))
    : [];
  assertUnsaid(said, { step, published: [...former, ...all], comments: comments.filter((body) => !released.includes(body)), scores });
  if (session?.results) await assertPublished({ step, model, hall, results, hash: session.hash, screen: front.screen });
  const readable = model.readable.flatMap((round) => [...round.comments.values()]);
  const others = comments.filter((body) => !readable.includes(body));
  const strange = toJudge.filter(
    ({ to, text }) => (to !== null && to !== 'person:ou_hall_boss' && to !== 'person:ou_hall_lead') || others.some((body) => text.includes(body)),
  );
  expect({ step, strange }).toEqual({ step, strange: [] });
}

/** I6：箱里的票就是投过的人的票，一人一张；评语是他们最后写的；关闭时数的也是它。匿名的票没有记号，只有领票的记录 */
function assertBox(
  { box, marks, counts, comments, issued }: StoredRound,
  round: Round,
  { step, nameOf, shape }: { step: string; nameOf: (id: string) => string; shape: Shape },
): void {
  const { ballots } = round;
  const lineOf = (voterClass: string, choice: string | null): string => `${voterClass} ${choice ?? '弃权'}`;
  const said = comments.map(({ body, state }) => `${state} ${body}`);
  const found = { box: sorted(box.map(({ voterClass, choice }) => lineOf(voterClass, choice))), marks: sorted(marks.map(nameOf)) };
  expect({ step, ...found, comments: sorted(said), issued: sorted(issued.map(nameOf)) }).toEqual({
    ...{ step, box: sorted([...ballots].map(([holder, choice]) => lineOf(classOf(holder), choice))) },
    ...{ marks: shape.secrecy === 'blind' ? [] : sorted(ballots.keys()) },
    comments: sorted([...round.comments.values()].map((words) => `${round.judged.get(words) ?? 'kept'} ${words}`)),
    issued: sorted(round.opening.issued.keys()),
  });
  if (!counts) return;
  expect({ step, counts }).toEqual({ step, counts: round.counts?.map((each) => ({ ...each, marked: each.used })) });
}

/** 主持台、大屏上的“已投几票”就是开着的一轮箱里的，几分之几是到会的；说的是正在测评的那一家，或者一起测的几家 */
function assertTurnout(visible: string, { step, model }: Look): void {
  const { open } = model;
  const possible = model.slots.flatMap(({ rounds }, slot) => {
    const awaited = [...model.present].filter((who) => !isOwn(model.shape, who, slot)).length;
    return rounds.flatMap(({ state, ballots }) => (state === 'open' ? [`已投${ballots.size}/${awaited}`] : []));
  });
  const told = [...new Set(visible.match(/已投\d+\/\d+/g) ?? [])];
  expect({ step, told: told.filter((words) => !possible.includes(words)), some: told.length > 0 }).toEqual({ step, told: [], some: open.length > 0 });
  const [only] = open.length === 1 ? model.slots.flatMap(({ rounds }, slot) => (rounds.includes(open[0] as Round) ? [units[slot]] : [])) : [];
  const voted = only ?? `${open.length}家集中测评`;
  const named = [`${voted}　已投`, `<div class="unit">${voted}</div>`].filter((words) => open.length > 0 && !visible.includes(words));
  expect({ step, notNamed: named }).toEqual({ step, notNamed: [] });
}

/** S19：封了的箱子一个事务写完，没有认得回人的钥匙和指纹；一起开放的都封了，匿名票的钥匙也没有了 */
function assertSealed(stored: StoredRound, { opening }: Round, { model, hall, step }: Look): void {
  const { id, box, marks, comments, writers, markWriters, commentWriters, handles, keyed, ticketKeys } = stored;
  if (!model.open.some((round) => round.opening === opening)) expect({ step, ticketKeys }).toEqual({ step, ticketKeys: 0 });
  if (hall.sealedSeen.has(id)) return;
  hall.sealedSeen.add(id);
  const once = (written: readonly unknown[]): number => (written.length > 0 ? 1 : 0);
  expect({ step, writers, markWriters, commentWriters, handles, keyed }).toEqual({
    ...{ step, writers: once(box), markWriters: once(marks), commentWriters: once(comments), handles: 0, keyed: false },
  });
}

interface Secrets {
  readonly step: string;
  readonly published: readonly (Pick<Shown, 'total' | 'excellentRate' | 'classes'> & { readonly vote?: string | null | undefined })[];
  readonly scores: readonly Score[];
  readonly comments: readonly string[];
}

/** S9、S20：没有公布的、遮住的，哪一张卡片、哪一条消息、哪一页上都没有这个数；评语没有审看过，一个字也没有 */
function assertUnsaid(said: string, { step, published, scores, comments }: Secrets): void {
  const open = new Set(
    published.flatMap(({ total, vote, excellentRate, classes: own }) => [total, vote, excellentRate, ...own.map(({ score }) => score)]),
  );
  const secret = scores.flatMap(({ total, vote, classes: own }) => [total, vote, ...own.map(({ score }) => score)]);
  const words = secret.flatMap((score) => (score === null || open.has(score) ? [] : [score]));
  const told = words.filter((word) => new RegExp(`(?<![\\d.])${word.replace('.', '\\.')}(?!\\d)`).test(said));
  expect({ step, told, comments: comments.filter((body) => said.includes(body)) }).toEqual({ step, told: [], comments: [] });
}

/** S20：票少的、全都一样的不单列；遮住的不止一类，合起来也不少；写出来的与票相符 */
function assertShown(shown: Shown, score: Score, { step, shape: { smallClass } }: { step: string; shape: Shape }): void {
  assertExact(shown, score, step);
  const scored = score.classes.filter(({ valid }) => valid > 0);
  const isShown = (name: string): boolean => {
    const found = shown.classes.find(({ voterClass }) => voterClass === name);
    return found !== undefined && (found.score !== null || found.distribution !== null);
  };
  for (const { name, valid, isAlike } of scored) {
    const open = { step, name, open: isShown(name) };
    if (valid < smallClass || score.valid < smallClass || (isAlike && valid > 1)) expect(open).toEqual({ step, name, open: false });
  }
  const covered = scored.filter(({ name }) => !isShown(name));
  if (shown.total === null || covered.length === 0 || covered.length === scored.length) return;
  const many = covered.length > 1 && covered.reduce((sum, { valid }) => sum + valid, 0) >= smallClass;
  expect({ step, covered: many }).toEqual({ step, covered: true });
}

const mirror = `UPDATE "Ballot" SET choice = CASE WHEN choice ~ '^[0-9]+$' THEN (100 - choice::int)::text ELSE CASE choice WHEN '${grades[0]}' THEN '${grades[3]}' WHEN '${grades[3]}' THEN '${grades[0]}'
  WHEN '${grades[1]}' THEN '${grades[2]}' WHEN '${grades[2]}' THEN '${grades[1]}' END END WHERE choice IS NOT NULL AND "roundId" = ANY($1)`;

/**
 * S9：关闭之前（延迟公布的，放行之前）看得到的与选了什么无关 — everything visible is read, every such ballot is turned into its
 * opposite, and everything visible is the same to a byte.
 */
async function assertNothingSeen({ step, model, hall, console, ballot }: Look, rounds: readonly StoredRound[], before: string): Promise<void> {
  const secret = rounds.filter(({ state, shown, box }) => box.length > 0 && (state !== 'closed' || (!shown && !model.isReleased('hall'))));
  // 场面一样的看一遍就够：到了哪一步，哪几轮有票，看的这几个人投过没有。
  const seenBy = model.open.flatMap(({ ballots }) => ['l1', 'd1', 's1'].map((who) => ballots.has(who)));
  const scene = JSON.stringify([model.phase, model.slots.map(({ state }) => state), secret.map(({ id, state }) => [id, state]), seenBy]);
  if (secret.length === 0 || hall.scenesSeen.has(scene)) return;
  hall.scenesSeen.add(scene);
  const ids = secret.map(({ id }) => id);
  await hall.world.query(mirror, [ids]);
  const after = await hall.everythingVisible(await hall.front(console), ballot);
  await hall.world.query(mirror, [ids]);
  expect({ step, seen: after }).toEqual({ step, seen: before });
}

function bound({ world, id }: RealHall) {
  return { query: <Found>(sql: string): Promise<Found[]> => world.query<Found>(sql, [id]) };
}
