import { describe, expect, test } from 'vitest';
import { type Fraction, openMandatory, progressIn, type TreeItem, twoDecimals, wholePoints } from '#domain/work-items/roll-up';
import { fc } from '../fast-check.ts';

const item = (id: string, parentId: string | null, given: Partial<TreeItem> = {}): TreeItem => ({
  id,
  code: id,
  title: id,
  kind: 'subTask',
  parentId,
  weight: null,
  mandatory: true,
  status: 'inProgress',
  percent: 0,
  ...given,
});
const fraction = (tree: readonly TreeItem[], id: string): Fraction => progressIn(tree).get(id) ?? { numerator: -1n, denominator: 1n };

describe('汇总进度', () => {
  test.each([
    ['三项平均，各差三分之一', [0, 0, 100], [null, null, null], '33.33', 33],
    ['三分之二进位到两位，整点不进', [0, 100, 100], [null, null, null], '66.67', 66],
    ['按权重30、30、40', [100, 50, 0], [30, 30, 40], '45.00', 45],
    ['没填权重的不占份额', [100, 0], [100, null], '100.00', 100],
    ['差一点不算完成', [100, 100, 99], [null, null, null], '99.67', 99],
  ])('%s', (_words, percents, weights, shown, whole) => {
    const tree = [item('p', null), ...percents.map((percent, index) => item(`c${index}`, 'p', { percent, weight: weights[index] ?? null }))];
    expect([twoDecimals(fraction(tree, 'p')), wholePoints(fraction(tree, 'p'))]).toEqual([shown, whole]);
  });

  test('撤销的不算，办结的算满；没有下级的是自己填的', () => {
    const tree = [
      item('p', null, { percent: 7 }),
      item('a', 'p', { status: 'completed', percent: 90 }),
      item('b', 'p', { percent: 50 }),
      item('c', 'p', { status: 'cancelled' }),
    ];
    expect(twoDecimals(fraction(tree, 'p'))).toBe('75.00');
    expect(twoDecimals(fraction([item('p', null, { percent: 7 }), item('c', 'p', { status: 'cancelled' })], 'p'))).toBe('7.00');
  });

  test('食堂改造2026-09-22：七个部分按任务数汇总，共48.36%', () => {
    const parts: readonly (readonly number[])[] = [
      Array<number>(16).fill(100),
      [...Array<number>(20).fill(100), 90, 0],
      [...Array<number>(18).fill(100), ...Array<number>(5).fill(50), 0, 0, 0, 0],
      Array<number>(41).fill(48),
      Array<number>(36).fill(25),
      Array<number>(21).fill(0),
      Array<number>(15).fill(0),
    ];
    const tree = [item('root', null, { kind: 'project' })];
    parts.forEach((percents, part) => {
      tree.push(item(`${part}`, 'root', { kind: 'part' }));
      // 事项有大有小，任务照样一样重。
      percents.forEach((percent, index) => {
        const group = `${part}.${Math.floor(Math.sqrt(index))}`;
        if (!tree.some(({ id }) => id === group)) tree.push(item(group, `${part}`, { kind: 'projectItem' }));
        tree.push(item(`${group}.${index}`, group, { kind: 'task', percent }));
      });
    });
    expect(parts.map((_, part) => twoDecimals(fraction(tree, `${part}`)))).toEqual(['100.00', '95.00', '75.93', '48.00', '25.00', '0.00', '0.00']);
    expect(twoDecimals(fraction(tree, 'root'))).toBe('48.36');
    expect(fraction(tree, 'root')).toEqual({ numerator: 8608n / 8n, denominator: 17_800n / 8n });
  });

  const node = fc.letrec<{ node: Drawn }>((tie) => ({
    node: fc.record({
      percent: fc.integer({ min: 0, max: 100 }),
      weight: fc.option(fc.integer({ min: 1, max: 100 })),
      children: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constant([]), fc.array(tie('node'), { minLength: 1, maxLength: 4 })),
    }),
  })).node;

  test('性质：上级恰好是下级的加权平均，一分不差；在最低与最高之间', () => {
    fc.assert(
      fc.property(node, (drawn) => {
        const tree = flatten(drawn, null, 'r');
        const progress = progressIn(tree);
        for (const parent of tree) {
          const children = tree.filter(({ parentId }) => parentId === parent.id);
          if (children.length === 0) continue;
          const weighted = children.some(({ weight }) => weight !== null);
          const shares = children.map(({ weight }) => BigInt(weighted ? (weight ?? 0) : 1));
          const whole = shares.reduce((left, right) => left + right, 0n);
          // Σ w·p / Σ w = P，两边同乘全部分母来比，不落到小数。
          const own = progress.get(parent.id) as Fraction;
          const common = children.reduce((left, { id }) => left * (progress.get(id) as Fraction).denominator, 1n);
          const added = children.reduce((left, { id }, index) => {
            const { numerator, denominator } = progress.get(id) as Fraction;
            return left + (shares[index] ?? 0n) * numerator * (common / denominator);
          }, 0n);
          expect(own.numerator * common * whole).toBe(added * own.denominator);
          expect(wholePoints(own)).toBeGreaterThanOrEqual(0);
          expect(wholePoints(own)).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('未办结的必办任务', () => {
  const tree = [
    item('2', null, { kind: 'part' }),
    item('2.3', '2', { kind: 'projectItem' }),
    item('2.3.3', '2.3', { mandatory: false }),
    item('2.8', '2', { kind: 'projectItem' }),
    item('2.8.1', '2.8', { status: 'completed' }),
    item('2.8.2', '2.8', { status: 'cancelled' }),
    item('2.8.3', '2.8', { percent: 90 }),
  ];

  test('只数必办的、没办的、最末一级的', () => {
    expect(openMandatory(tree, '2').map(({ id }) => id)).toEqual(['2.8.3']);
    expect(openMandatory(tree, '2.3')).toEqual([]);
  });

  test('性质：进度满了就没有必办任务挡着；百分数到一百不等于办结', () => {
    const all = (status: TreeItem['status']): TreeItem[] => tree.map((each) => (each.id.length === 5 ? { ...each, status, percent: 100 } : each));
    expect(openMandatory(all('completed'), '2')).toEqual([]);
    expect(openMandatory(all('inProgress'), '2').length).toBe(3);
    expect(wholePoints(fraction(all('completed'), '2'))).toBe(100);
  });
});

interface Drawn {
  readonly percent: number;
  readonly weight: number | null;
  readonly children: readonly Drawn[];
}

function flatten({ percent, weight, children }: Drawn, parentId: string | null, id: string): TreeItem[] {
  return [item(id, parentId, { percent, weight }), ...children.flatMap((child, index) => flatten(child, id, `${id}.${index}`))];
}
