import { expect, test } from 'vitest';
import { coveredClasses, disclose, type ShownTally } from '#domain/ballots/disclose';
import type { Ballot, TallyRules } from '#domain/ballots/model';
import { tally } from '#domain/ballots/tally';

// 看的人什么都算得出：把每一种投法都走一遍，公布得一字不差的归在一起；归在一起的都是同一个样子，才算被看出来了。

// 比类别多一，方案里也是这样定的。
const smallClass = 4;
const names = ['甲类', '乙类', '丙类'] as const;
const grades = [
  { name: '优秀', points: 100 },
  { name: '良好', points: 80 },
];
const rulesOf = (classes: number, emptyClass: TallyRules['emptyClass']): TallyRules => ({
  ...{ method: 'grades', grades, trimFrom: null, emptyClass, smallClass },
  classes: names.slice(0, classes).map((name, index) => ({ name, weight: ['50', '30', '20'][index] ?? '0' })),
});

/** 一类几个人的每一种投法 */
function boxesOf(people: number, voterClass: string): Ballot[][] {
  const counts = Array.from({ length: people + 1 }, (_, best) => Array.from({ length: people - best + 1 }, (_none, good) => [best, good])).flat();
  return counts.map(([best = 0, good = 0]) =>
    Array.from({ length: people }, (_, index) => ({ voterClass, choice: index < best ? '优秀' : index < best + good ? '良好' : null })),
  );
}

interface World {
  /** 各类弃权几张 */
  readonly abstained: readonly number[];
  readonly shown: ShownTally;
}

/** 全场的每一种投法 */
function worldsOf(sizes: readonly number[], rules: TallyRules): World[] {
  const boxes = sizes.reduce<Ballot[][][]>(
    (found, people, index) => found.flatMap((former) => boxesOf(people, names[index] ?? '').map((own) => [...former, own])),
    [[]],
  );
  return boxes.map((classes) => ({
    abstained: classes.map((own) => own.filter(({ choice }) => choice === null).length),
    shown: disclose(tally(rules, classes.flat()), smallClass),
  }));
}

/** 公布得一样的归在一起 */
function alike(worlds: readonly World[], seen: (shown: ShownTally) => unknown): World[][] {
  const groups = new Map<string, World[]>();
  for (const world of worlds) {
    const key = JSON.stringify(seen(world.shown));
    groups.set(key, [...(groups.get(key) ?? []), world]);
  }
  return [...groups.values()];
}

/** 只看票数，不看分数和等次：谁都会做的加减 */
const piecesOf = ({ valid, abstained, used, classes }: ShownTally) => [valid, abstained, used, classes.map((each) => [each.valid, each.abstained])];

const halls = [[2], [1, 1], [1, 5], [4, 4], [3, 0, 4], [1, 3, 5], [1, 1, 5], [2, 4, 5], [3, 3, 3], [5, 5, 5], [1, 5, 6]].map((sizes) => ({ sizes }));
const both = ['renormalise', 'block'] as const;

test.each(halls)('哪一类全都弃权：每一种投法里，都看不出，哪怕把总分、优秀率、各类得分都拿来凑（各类$sizes人）', ({ sizes }) => {
  for (const emptyClass of both) {
    const worlds = worldsOf(sizes, rulesOf(sizes.length, emptyClass));
    const told = alike(worlds, (shown) => shown).flatMap((group) =>
      sizes.flatMap((people, index) => (people > 0 && group.every(({ abstained }) => abstained[index] === people) ? [group[0]] : [])),
    );
    expect(told).toEqual([]);
  }
});

test.each(halls)('人少的一类几张弃权：用合计减各类，减不出来（各类$sizes人）', ({ sizes }) => {
  const worlds = worldsOf(sizes, rulesOf(sizes.length, 'renormalise'));
  const told = alike(worlds, piecesOf).flatMap((group) =>
    sizes.flatMap((people, index) => {
      const possible = new Set(group.map(({ abstained }) => abstained[index]));
      return people < smallClass && possible.size === 1 && !possible.has(0) ? [group[0]] : [];
    }),
  );
  expect(told).toEqual([]);
  // 遮住的，弃权也遮住；没有遮住的，几张是几张。
  for (const { abstained, shown } of worlds) {
    const covered = coveredClasses(shown);
    for (const [index, each] of shown.classes.entries()) expect(each.abstained).toBe(covered.includes(each) ? null : abstained[index]);
  }
});
