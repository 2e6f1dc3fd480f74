import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Prisma } from '#prisma';
import { inDatabase } from '../features/given-books.ts';
import { startTestApp, type TestApp } from '../harness.ts';

/** 写进每一处文字里的标记；它逃出来的样子照标准自己写，不用产品的函数 */
const mark = `<img src=x onerror=alert(1)>"'`;
const escaped = /&#60;img src=x onerror=alert\(1\)&#62;\\?&#34;&#39;/g;
const at = new Date('2026-12-18T07:00:00Z');
const keys = { slip: 's'.repeat(22), spare: 'p'.repeat(22), pass: 'v'.repeat(22), screen: 'c'.repeat(22), print: 'q'.repeat(22) };
const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 15:00', roster: false });
  await inDatabase(it, giveHall);
  await fillWithMarkup();
});
afterAll(() => it.close());

const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];

/** 一场述职、三次抽签、一道督办令：刚够每一页有东西可显示 */
async function giveHall(db: Prisma.TransactionClient): Promise<void> {
  const classes = [
    { name: `领导${mark}`, weight: '60' },
    { name: `群众代表${mark}`, weight: '40' },
  ];
  const voter = { identity: '', workplace: '', mobile: null };
  const plan = {
    ...{ number: 'SZ', title: '述职', heldOn: '2026-12-18', startsAt: `15:00${mark}`, place: `会议中心${mark}`, trial: false, drawId: 'SZ' },
    ...{ method: 'each', reportMinutes: 10, questionMinutes: 5, voteSeconds: 60, press: 'first', comments: true, show: 'immediate' },
    rules: { method: 'grades', grades: [{ name: `优秀${mark}`, points: 100 }], classes, trimFrom: null, emptyClass: 'block', smallClass: 5 },
    observers: [`罗静${mark}`],
    onStage: [],
    written: [],
    voters: [{ name: `张三${mark}`, voterClass: classes[1]?.name, channel: 'slip', ...voter }],
  };
  const shown = {
    total: `88.00${mark}`,
    excellentRate: `50.0${mark}`,
    excellent: 1,
    valid: 9,
    abstained: 0,
    invalid: 0,
    classes: [],
    renormalised: [],
  };
  const results = [1, 2].map((rank) => ({
    slotId: `t${rank}`,
    unitCode: `U0${rank}`,
    unitName: `单位${mark}`,
    presenter: '',
    rank,
    round: 1,
    shown,
  }));
  await db.reviewSession.create({
    data: {
      ...{ id: 'e', number: 'SZ', title: '述职', heldOn: '2026-12-18', startsAt: '15:00', place: '中心', state: 'inSession', trial: false, plan },
      ...{ fileName: 'a.xlsx', blobId: 'b', createdById: 'p', createdAt: at, results },
    },
  });
  const yearResult = { total: 3, completed: 1, due: 2, onTime: 1, overdue: 1, red: 1 };
  for (const position of [1, 2])
    await db.reviewSlot.create({
      data: { id: `t${position}`, sessionId: 'e', unitCode: `U0${position}`, unitName: '', presenter: '', position, state: 'waiting', yearResult },
    });
  await db.reviewQuestion.create({
    data: { id: 'q', sessionId: 'e', slotId: 't1', voterClass: '', asker: '', text: '', state: 'asked', queuedAt: at, askedAt: at },
  });
  await db.reviewVoter.create({
    data: { id: 'w', sessionId: 'e', voterClass: '', name: '', identity: '', workplace: '', channel: 'card', present: true, position: 1 },
  });
  await db.ballotPass.create({ data: { keyHash: hashOf(keys.pass), sessionId: 'e', voterId: 'w' } });
  for (const [serial, key, state] of [
    [1, keys.slip, 'valid'],
    [2, keys.spare, 'spare'],
  ] as const)
    await db.ballotSlip.create({ data: { id: key, sessionId: 'e', voterClass: '', serial, tokenHash: hashOf(key), state } });
  for (const kind of ['screen', 'print'] as const)
    await db.reviewLink.create({ data: { key: keys[kind], sessionId: 'e', kind, validUntil: new Date('2027-01-01T00:00:00Z') } });
  await db.ballotRound.create({
    data: {
      id: `r${mark}`,
      sessionId: 'e',
      slotId: 't1',
      number: 1,
      state: 'open',
      choices: ['优秀'],
      closesAt: new Date('2026-12-18T08:00:00Z'),
      shown,
    },
  });
  for (const state of ['committed', 'opened', 'voided'])
    await db.draw.create({
      data: {
        ...{ id: `${state}${mark}`, sessionId: 'e', secret: '00', items: ['U01 甲', 'U02 乙'], commitment: state, state, order: ['U02 乙'] },
        inputs: { [`罗静${mark}`]: `371920${mark}` },
      },
    });
  await db.unit.create({ data: { code: 'U01', name: '', shortName: '', aliases: [], kind: '', position: 1 } });
  await db.workItem.create({
    data: {
      ...{ id: 'i', year: 2026, code: '管-001', series: '管', number: 1, kind: 'keyTask', status: 'inProgress', title: '', category: '', goal: '' },
      ...{
        measures: '',
        leadUnit: 'U01',
        supportingUnits: [],
        dueOn: '2026-09-16',
        originalDueOn: '2026-09-10',
        feedbackPeriod: 'monthly',
        metrics: [],
      },
    },
  });
  const lines = ['send', 'reply', 'due', 'light', 'order'].map((kind) => ({
    ...{ at: at.toISOString(), kind, people: [`丁一凡${mark}`], text: `原话${mark}` },
    ...(kind === 'due' ? { from: '2026-09-10', to: '2026-09-16' } : { level: 'L2', from: 'green', to: 'red', status: 'returned' }),
  }));
  const facts = { dueOn: '2026-09-16', originalDueOn: '2026-09-10', percent: 10, lines, formerNumbers: [`湾督${mark}`] };
  await db.supervisionOrder.create({
    data: {
      ...{ id: 'o', itemId: 'i', status: 'issued', origin: 'manual', baseOn: '2026-09-16', facts, requirement: '', evidence: '', draftedBy: '' },
      ...{ draftedAt: at, signedAt: at, acknowledgeBy: at, replyBy: at, voidedAt: at, accessKey: 'order-key', number: '湾督' },
    },
  });
}

/** 编号、钥匙、状态和别的只认几样的列；其余一律是人写的字 */
const closed =
  /^(id|state|status|kind|series|origin|released|channel|feedbackPeriod|leadUnit|supportingUnits|unitCode|accessKey|tokenHash|mobile)$|Id$|^Unit\.code$/;
const tables = [
  ...['ReviewSession', 'ReviewSlot', 'ReviewQuestion', 'ReviewVoter', 'BallotRound', 'BallotSlip', 'Draw'],
  ...['Unit', 'WorkItem', 'SupervisionOrder'],
];

/** 每一个文字列都填上标记 — a new column is filled without being named here. */
async function fillWithMarkup(): Promise<void> {
  for (const table of tables) {
    const columns = await query<{ name: string; list: boolean }>(
      `SELECT column_name AS name, data_type = 'ARRAY' AS list FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = $1 AND (data_type = 'text' OR udt_name = '_text')`,
      [table],
    );
    const open = columns.filter(({ name }) => !closed.test(name) && !closed.test(`${table}.${name}`));
    expect(open.length, table).toBeGreaterThan(0);
    const sets = open.map(({ name, list }) =>
      list
        ? `"${name}" = coalesce((SELECT array_agg(x || $1) FROM unnest("${name}") x), ARRAY['字' || $1])`
        : `"${name}" = coalesce("${name}", '') || $1`,
    );
    await query(`UPDATE "${table}" SET ${sets.join(', ')}`, [mark]);
  }
}

interface Visit {
  readonly path: string;
  readonly form?: Record<string, string>;
  /** what the hall has come to before */
  readonly when?: string;
}
const session = (state: string, more = ''): string => `UPDATE "ReviewSession" SET state = '${state}'${more}`;
const slots = (first: string, second = 'waiting'): string =>
  `UPDATE "ReviewSlot" SET "phaseUntil" = '2026-12-18T07:03:00Z', state = CASE position WHEN 1 THEN '${first}' ELSE '${second}' END`;
const round = (state: string): string => `UPDATE "BallotRound" SET state = '${state}'`;
const evil = encodeURIComponent(mark);

/** 大屏走过的每一样 */
const onScreen = [
  ...['checked', 'preparing', 'locked', 'drawn', 'signIn', 'voted'].map((state) => session(state, ', results = NULL')),
  `${session('inSession')}; ${slots('reporting')}`,
  slots('questioning'),
  slots('voting'),
  `${round('closed')}; ${slots('voted')}`,
  slots('voted', 'reporting'),
  `UPDATE "ReviewSession" SET results = (SELECT keep FROM kept_results)`,
  session('published', `, released = 'hall'`),
];
const byPage: Readonly<Record<string, readonly Visit[]>> = {
  'review.slip': [
    { path: `/p/ballot/${keys.slip}`, when: `${session('inSession', ', results = NULL')}; ${slots('voting')}; ${round('open')}` },
    { path: `/p/ballot/${keys.slip}`, when: `UPDATE "ReviewSession" SET plan = jsonb_set(plan, '{rules,method}', '"scores"')` },
    { path: `/p/ballot/${keys.spare}` },
    { path: `/p/ballot/${keys.slip}`, when: `${round('closed')}; ${slots('reporting')}` },
    { path: `/p/ballot/${evil}` },
  ],
  'review.slip-vote': [
    { path: `/p/ballot/${keys.slip}`, form: { round: mark }, when: `${slots('voting')}; ${round('open')}` },
    { path: `/p/ballot/${keys.slip}`, form: { round: `r${mark}` } },
    { path: `/p/ballot/${keys.slip}`, form: { round: `r${mark}`, [`choice-r${mark}`]: mark } },
    { path: `/p/ballot/${keys.slip}`, form: { round: `r${mark}`, [`choice-r${mark}`]: `优秀${mark}`, [`comment-r${mark}`]: mark } },
  ],
  'review.blind': [{ path: `/p/vote/${keys.pass}` }, { path: `/p/vote/${evil}` }],
  'review.blind-now': [{ path: `/p/now/${keys.pass}` }, { path: `/p/now/${evil}` }],
  'review.blind-issue': [{ path: `/p/issue/${keys.pass}`, form: { opening: mark, blinded: mark } }],
  'review.blind-cast': [{ path: '/p/cast', form: { opening: mark, class: mark, token: mark, signature: mark, [`choice-${mark}`]: mark } }],
  'review.print': [{ path: `/p/print/${keys.print}` }, { path: `/p/print/${evil}` }],
  'review.print-sheet': [
    { path: `/p/print/${keys.print}`, form: {}, when: session('drawn') },
    { path: `/p/print/${evil}`, form: {} },
  ],
  'review.screen': [...onScreen.map((when) => ({ path: `/p/screen/${keys.screen}`, when })), { path: `/p/screen/${evil}` }],
  'review.screen-view': onScreen.map((when) => ({ path: `/p/screen/${keys.screen}/live`, when })),
  'review.draw-page': ['committed', 'opened', 'voided', 'none'].map((state) => ({ path: `/p/draw/${state}${evil}` })),
  'orders.order': [
    { path: '/p/order/order-key' },
    { path: '/p/order/order-key', when: `UPDATE "SupervisionOrder" SET status = 'voided', "replacesId" = 'o'` },
    { path: `/p/order/${evil}` },
  ],
};

async function visit({ path, form, when }: Visit): Promise<string> {
  if (when !== undefined) await query(when);
  const answer = await fetch(`http://127.0.0.1:${it.app.port}${path}`, form ? { method: 'POST', body: new URLSearchParams(form) } : {});
  expect(answer.headers.get('x-content-type-options'), path).toBe('nosniff');
  const type = answer.headers.get('content-type') ?? '';
  if (!type.startsWith('text/event-stream')) return type.startsWith('text/html') ? answer.text() : `JSON ${await answer.text()}`;
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while (!/^data: .*\n/m.test(text)) text += Buffer.from((await reader.read()).value ?? []).toString();
  await reader.cancel();
  return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '') as string;
}

/** 标签里的属性都用双引号括住：括住了、又逃过了的，断不开 */
const whole = /^<(!doctype html|\/?[a-z]\w*(\s+[\w-]+(="[^"]*")?)*\s*\/?)>$/i;

test('人写的每一处文字都是标记，功能的每一个网页、大屏的每一种画面：没有一处当了标记，没有一个属性断开', async () => {
  await query('CREATE TABLE kept_results AS SELECT results AS keep FROM "ReviewSession"');
  const pages = [...it.app.registry.pages, ...it.app.registry.liveViews];
  expect(Object.keys(byPage).sort()).toEqual(pages.map(({ name }) => name).sort());
  for (const [name, visits] of Object.entries(byPage)) {
    let shown = 0;
    for (const each of visits) {
      // 长题目拆成几行，行与行之间是我们自己的 <br>。
      const html = (await visit(each)).replaceAll('<br>', '');
      // 给脚本的数据不是网页：脚本只把它当文字写进去，看着这一条的是 architecture.test.ts。
      if (html.startsWith('JSON ')) continue;
      shown += html.match(escaped)?.length ?? 0;
      const rest = html.replace(escaped, '').replace(/<style>[^<]*<\/style>/g, '');
      expect(rest, `${name} ${each.path} ${each.when ?? ''}`).not.toMatch(/onerror|<img/);
      for (const [tag] of rest.matchAll(/<[^>]*>?/g)) expect(tag, `${name} ${each.path}`).toMatch(whole);
    }
    // 对照：标记确实到了这一页。
    if (!/blind-(now|issue|cast)/.test(name)) expect(shown, name).toBeGreaterThan(0);
  }
});
