import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Hall } from './hall-model.ts';
import { assertPapers } from './hall-papers.ts';
import { classOf, heads, type Level, tasks, units } from './hall-people.ts';
import { type Post, sorted, tableIn, wordsOf } from './hall-post.ts';
import { type Score, type Standing, scoreOf, standingsOf } from './hall-scores.ts';
import { type Given, isCovered, type Result, type Shown, totalWords } from './hall-words.ts';

const floors: Readonly<Record<string, number>> = { '90分以上': 90, '70—90分': 70, '60—70分': 60, '60分以下': 0 };

/** 一家公布的数就是从票里算出的：写出来的每一个数都对；没有写的，写着为什么 */
export function assertExact(
  { total, excellentRate, used, valid, abstained, invalid, classes: shown, renormalised }: Shown,
  score: Score,
  step: string,
): void {
  const pieces = score.isEnough
    ? { excellentRate: score.excellentRate, valid: score.valid, abstained: score.abstained, invalid: 0 }
    : { excellentRate: null, valid: null, abstained: null, invalid: null };
  expect({ step, total, excellentRate, used, valid, abstained, invalid, renormalised }).toEqual({
    ...{ step, total: score.total, used: score.used, ...pieces, renormalised: score.renormalised },
  });
  for (const [index, each] of shown.entries()) {
    const own = score.classes[index];
    const found = { step, name: each.voterClass, valid: each.valid, abstained: each.abstained };
    const told = isCovered(each) ? { valid: null, abstained: null } : { valid: own?.valid, abstained: own?.abstained };
    expect(found).toEqual({ step, name: own?.name, ...told });
    if (each.score !== null || each.distribution !== null)
      expect({ ...found, score: each.score, votes: each.distribution }).toEqual({ ...found, score: own?.score, votes: own?.votes });
    else if (own?.used === 0) expect({ ...found, instead: each.instead }).toEqual({ ...found, instead: '没有有效票' });
    else if (each.instead !== '票数少，不单列') {
      const floor = Math.max(...Object.values(floors).filter((from) => Number(own?.score) >= from));
      expect({ ...found, from: floors[each.instead ?? ''] }).toEqual({ ...found, from: floor });
    }
  }
}

const rankWords = ({ rank }: Standing): string => (rank === null ? '—' : String(rank));

/** 计票之后：存下的结果就是算出的结果；谁收到、看到了什么，与放行到哪一级相符；卡片、大屏、成绩单、纪要、计票表、票面文件上是同样的数 */
export async function assertPublished(given: Given & { readonly screen: string }): Promise<void> {
  const { step, model, hall, results, screen } = given;
  const standings = standingsOf(model);
  const { taskWeight } = model.shape;
  expect({ step, results: results.map(({ unitName, rank, round, task }) => [unitName, rank, round, task]) }).toEqual({
    step,
    results: standings.map(({ slot, number, rank, score }) => [
      ...[units[slot], rank, number],
      taskWeight === 0 ? undefined : { vote: score.vote, onTime: tasks[slot]?.onTime, due: tasks[slot]?.due },
    ]),
  });
  for (const [index, { shown }] of results.entries()) assertExact(shown, (standings[index] as Standing).score, step);
  await hall.world.it.settled();
  const posts = hall.posts();
  const rows = standings.map((each, index) => {
    const { excellentRate: rate } = (results[index] as Result).shown;
    return { rank: rankWords(each), unit: units[each.slot], total: totalWords(each.score), excellent: rate === null ? '—' : `${rate}%` };
  });
  assertCircles(given, posts, rows);
  assertScreen(given, screen, rows);
  assertSheets(given, posts, standings);
  assertCounts(given, posts, standings);
  await assertBallotsFile(given, posts, standings);
  await assertPapers(given, posts, { standings, rows });
}

/** 谁看得到全部结果 */
function mayKnow(model: Hall, to: string): boolean {
  const from: Readonly<Record<string, Level>> = { aide: 'leaders', session: 'hall', district: 'all' };
  if (to === 'boss' || to === 'lead') return model.isConfirmed;
  const level = from[to];
  return level !== undefined && model.isReleased(level);
}
/** 两位小数的数 */
const numbersIn = (text: string): Set<string> => new Set(text.match(/(?<![\d.])\d{1,3}\.\d\d(?![\d])/g) ?? []);

function assertCircles({ step, model, results }: Given, posts: readonly Post[], rows: readonly object[]): void {
  // 一家的数：算数的一轮、作废的各轮
  const numbersOf = (slot: number): string[] =>
    (model.slots[slot]?.rounds ?? []).flatMap((round) => {
      const { total, vote, excellentRate, classes: own } = scoreOf(round, slot, model.shape);
      return [total, vote, excellentRate, ...own.map(({ score }) => score)].flatMap((each) => (each === null ? [] : [each]));
    });
  const secret = new Set([...model.slots.keys()].flatMap(numbersOf));
  const publicOf = ({ shown, task }: Result): string[] =>
    [shown.total, task?.vote, shown.excellentRate, ...shown.classes.map(({ score }) => score)].flatMap((each) => each ?? []);
  const atOnce = model.shape.show === 'immediate' ? results.flatMap(({ shown }) => shown.total ?? []) : [];
  const strange = posts.flatMap(({ to, text, cards }) => {
    const own = model.isReleased('units')
      ? results.filter(({ unitName }) => to === `unit:U${units.indexOf(unitName as never)}` || to === heads[units.indexOf(unitName as never)])
      : [];
    const known = mayKnow(model, to) ? results : own;
    const open = new Set([...known.flatMap(publicOf), ...(['c1', 'c2'].includes(to) ? atOnce : []), '100.00']);
    const told = [...numbersIn(text)].filter((each) => secret.has(each) && !open.has(each));
    const tables = cards.flatMap((card) => (wordsOf(card).includes('述职测评结果') ? [tableIn(card, 'total')] : []));
    const isWrong = tables.some(
      (table) => JSON.stringify(table?.map(({ rank, unit, total, excellent }) => ({ rank, unit, total, excellent }))) !== JSON.stringify(rows),
    );
    const isThere = mayKnow(model, to) ? tables.length > 0 : tables.length === 0;
    return told.length > 0 || isWrong || !isThere ? [{ to, told, tables }] : [];
  });
  expect({ step, released: model.released, strange }).toEqual({ step, released: model.released, strange: [] });
  // 第一名是谁：有名次的才是，并列的都写
  const first = results.filter(({ rank }) => rank === 1);
  const names = first.map(({ unitName }) => unitName).join('、');
  const line = first.length === 0 ? `${results.length}家，都不排名` : `${results.length}家，第1名${names} ${first[0]?.shown.total} `;
  const cards = posts.flatMap((post) => post.cards.map(wordsOf).filter((words) => words.includes('述职测评结果')));
  expect({ step, line, others: cards.filter((words) => !words.includes(line)) }).toEqual({ step, line, others: [] });
}

/** 大屏：放行到参会者才有，与卡片一字不差 */
function assertScreen({ step, model, hash }: Given, screen: string, rows: readonly Record<string, string | undefined>[]): void {
  const found = [
    ...screen.matchAll(/<tr><td class="number">(.*?)<\/td><td>(.*?)<\/td><td class="number">(.*?)<\/td><td class="number">(.*?)<\/td><\/tr>/g),
  ];
  const shown = found.map(([, rank, unit, total, excellent]) => ({ rank, unit, total, excellent }));
  expect({ step, shown, hash: screen.includes(hash) }).toEqual({
    step,
    ...(model.isReleased('hall') ? { shown: rows, hash: true } : { shown: [], hash: false }),
  });
}

/** 成绩单：各单位只收到自己的一份，数是自己的数，评语是放行了的 */
function assertSheets({ step, model, results }: Given, posts: readonly Post[], standings: readonly Standing[]): void {
  for (const { to, cards } of posts) {
    const sheets = cards.map(wordsOf).filter((words) => words.includes('述职测评成绩单'));
    const slot = to.startsWith('unit:U') ? Number(to.slice(6)) : heads.indexOf(to);
    const at = standings.findIndex((each) => each.slot === slot);
    const [own, result] = [standings[at], results[at]];
    const wanted = own !== undefined && result !== undefined && model.isReleased('units');
    expect({ step, to, sheets: sheets.length }).toEqual({ step, to, sheets: wanted ? 1 : 0 });
    if (!wanted) continue;
    const [sheet = ''] = sheets;
    const { score, rank, round } = own;
    const rate = result.shown.excellentRate;
    const lines = [
      rank === null ? `${totalWords(score)}总分，不排名` : `总分${score.total}，第${rank}名（共${results.length}家）`,
      score.isEnough ? `有效${score.valid} 弃权${score.abstained}` : `收回${score.used}`,
      ...(rate === null ? [] : [`${rate}%（${score.excellent}/${score.valid}）`]),
      ...result.shown.classes.flatMap(({ score: each, distribution }) =>
        distribution === null ? [] : [`${each}　${distribution.map(({ name, votes }) => `${name}${votes}票`).join(' ')}`],
      ),
      ...model.questions.of(slot).flatMap(({ voterClass, asker, text, asked }) => (asked ? [`${voterClass} ${asker}：${text}`] : [])),
      ...model.promises.of(slot).map(({ content }) => `前：${content}`),
    ];
    expect({ step, to, missing: lines.filter((line) => !sheet.includes(line)) }).toEqual({ step, to, missing: [] });
    const others = units.filter((name, index) => index !== slot && sheet.includes(name));
    const released = [...round.judged].flatMap(([words, how]) => (how === 'released' ? [words] : []));
    const written = sorted(new Set(sheet.match(/评语\w+写的\d+/g) ?? []));
    expect({ step, to, others, written }).toEqual({ step, to, others: [], written: sorted(released) });
  }
}

/** 票数核对：各类几张对得上；遮住的一类，弃权几张监督员也不知道 */
function assertCounts({ step, results }: Given, posts: readonly Post[], standings: readonly Standing[]): void {
  const lines = standings.map(({ round }, index) =>
    (round.counts ?? [])
      .map(({ voterClass, entitled, present, issued, used, abstained }) => {
        const covered = results[index]?.shown.classes.some((each) => each.voterClass === voterClass && isCovered(each));
        return `${voterClass}${entitled}/${present}/${issued}/${used}/${covered ? '—' : abstained}`;
      })
      .join(' '),
  );
  for (const { to, cards } of posts)
    for (const words of cards.map(wordsOf).filter((each) => each.includes('测评票数核对')))
      expect({ step, to, missing: lines.filter((line) => !words.includes(line)) }).toEqual({ step, to, missing: [] });
}

/** 票面文件：一张一张就是箱里的票，遮住的几类只有指纹，照各种投法试不出；封存的留在库里，一张不少，指纹对得上 */
async function assertBallotsFile({ step, hall, results, hash }: Given, posts: readonly Post[], standings: readonly Standing[]): Promise<void> {
  const isSealed = (slot: number, name: string): boolean =>
    results.some(({ unitName, shown }) => unitName === units[slot] && shown.classes.some((each) => each.voterClass === name && isCovered(each)));
  const linesOf = (covered: boolean): string[] =>
    sorted(
      standings.flatMap(({ slot, round, score }) =>
        score.classes.flatMap(({ name }) =>
          [...round.ballots].flatMap(([holder, choice]) =>
            classOf(holder) === name && isSealed(slot, name) === covered
              ? [`${[hall.id, `U${slot}`, units[slot], name, choice ?? ''].join(',')}\n`]
              : [],
          ),
        ),
      ),
    );
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const files = posts.flatMap(({ to, files: own }) =>
    own.flatMap(({ name, bytes }) =>
      name.endsWith('.csv') ? [{ to, name, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }] : [],
    ),
  );
  const [sealed, text = ''] = [linesOf(true), files[0]?.text];
  const [, print = ''] = /\n封存,([0-9a-f]{64}),,,\n$/.exec(text) ?? [];
  const plain = `\ufeff场次编号,单位代码,单位名称,类别,等次\n${linesOf(false).join('')}${sealed.length > 0 ? `封存,${print},,,\n` : ''}`;
  expect({ step, files }).toEqual({ step, files: [{ to: 'observers', name: `测评票面-${hall.id}.csv`, text: plain }] });
  const [kept] = await hall.world.query<{ bytes: Buffer }>(
    `SELECT b.bytes FROM "Blob" b JOIN "ReviewSession" e ON e."ballotsBlobId" = b.id WHERE e.id = $1`,
    [hall.id],
  );
  const [salt = '', ...others] = (kept?.bytes.toString().slice(plain.length) ?? '').split(/(?<=\n)/);
  expect({ step, hash, others, known: sha256(sealed.join('')) === print }).toEqual({ step, hash: sha256(plain), others: sealed, known: false });
  if (sealed.length > 0) expect({ step, print }).toEqual({ step, print: sha256(salt + others.join('')) });
}
