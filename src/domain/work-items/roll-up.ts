import { projectKinds } from './model.ts';
import type { WorkItem } from './records.ts';

/** 树上的一个事项 — as far as progress depends on it. */
export type TreeItem = Pick<WorkItem, 'id' | 'code' | 'title' | 'kind' | 'parentId' | 'weight' | 'mandatory' | 'status' | 'percent'>;

/** 分数 — a share of one, in lowest terms: sums of thirds and sevenths stay exact, whatever the depth. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const done: readonly WorkItem['status'][] = ['completed', 'archived'];

/** 已办完 — 办结或归档。 */
export const isDone = ({ status }: Pick<WorkItem, 'status'>): boolean => done.includes(status);

/**
 * 汇总进度 — of every item of a tree: what is closed counts as whole, what is cancelled does not count, and a parent is the exact weighted
 * mean of its children. Weights are those given; without any, the children count alike, in a project by the number of their tasks.
 */
export function progressIn(tree: readonly TreeItem[]): ReadonlyMap<string, Fraction> {
  const childrenOf = groupByParent(tree);
  const progress = new Map<string, Fraction>();
  const tasks = new Map<string, number>();
  const visit = (item: TreeItem): void => {
    const children = (childrenOf.get(item.id) ?? []).filter(({ status }) => status !== 'cancelled');
    for (const child of children) visit(child);
    const counts = children.map((child) => tasks.get(child.id) ?? 1);
    tasks.set(item.id, children.length === 0 ? 1 : sum(counts));
    const shares = sharesOf(children, counts);
    const own = { numerator: BigInt(item.percent), denominator: 100n };
    const mean = sum(shares) === 0 ? own : meanOf(children.map((child, index) => [shares[index] ?? 0, progress.get(child.id) ?? own] as const));
    progress.set(item.id, isDone(item) ? { numerator: 1n, denominator: 1n } : inLowestTerms(mean));
  };
  const ids = new Set(tree.map(({ id }) => id));
  for (const item of tree) if (item.parentId === null || !ids.has(item.parentId)) visit(item);
  return progress;
}

/** 未办结的必办任务 — the mandatory leaves under an item that are still open, in order: they keep it from being closed. */
export function openMandatory(tree: readonly TreeItem[], id: string): TreeItem[] {
  const childrenOf = groupByParent(tree);
  const under = (parentId: string): TreeItem[] =>
    (childrenOf.get(parentId) ?? []).flatMap((child) => {
      if (isDone(child) || child.status === 'cancelled' || !child.mandatory) return [];
      return childrenOf.has(child.id) ? under(child.id) : [child];
    });
  return under(id);
}

/** 整点的百分数 — cut off, never rounded up: 100 only when all is done. */
export function wholePoints({ numerator, denominator }: Fraction): number {
  return Number((numerator * 100n) / denominator);
}

/** 两位小数的百分数 — rounded half up: `48.36` for 8608/17800. */
export function twoDecimals({ numerator, denominator }: Fraction): string {
  const hundredths = (numerator * 20_000n + denominator) / (denominator * 2n);
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}

function sharesOf(children: readonly TreeItem[], tasks: readonly number[]): number[] {
  if (children.some(({ weight }) => weight !== null && weight > 0)) return children.map(({ weight }) => weight ?? 0);
  return children.map(({ kind }, index) => ((projectKinds as readonly string[]).includes(kind) ? (tasks[index] ?? 1) : 1));
}

function meanOf(parts: readonly (readonly [number, Fraction])[]): Fraction {
  const total = parts.reduce<Fraction>(
    (left, [share, { numerator, denominator }]) =>
      inLowestTerms({
        numerator: left.numerator * denominator + BigInt(share) * numerator * left.denominator,
        denominator: left.denominator * denominator,
      }),
    { numerator: 0n, denominator: 1n },
  );
  return { numerator: total.numerator, denominator: total.denominator * BigInt(sum(parts.map(([share]) => share))) };
}

function inLowestTerms({ numerator, denominator }: Fraction): Fraction {
  let [divisor, rest] = [denominator, numerator];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function groupByParent(tree: readonly TreeItem[]): ReadonlyMap<string, TreeItem[]> {
  const groups = new Map<string, TreeItem[]>();
  for (const item of tree) {
    if (item.parentId === null) continue;
    const group = groups.get(item.parentId);
    if (group) group.push(item);
    else groups.set(item.parentId, [item]);
  }
  return groups;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
