import type { Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import type { WorkItem } from '../work-items/records.ts';
import { isDone, progressIn, twoDecimals } from '../work-items/roll-up.ts';
import { readTree } from '../work-items/tree/store.ts';

/** 项目总览 — all that its card shows, computed from the tasks. */
export interface ProjectOverview {
  readonly project: WorkItem;
  /** 48.36 */
  readonly percent: string;
  readonly parts: readonly {
    readonly part: WorkItem;
    readonly percent: string;
    readonly items: number;
    readonly tasks: number;
    readonly done: number;
  }[];
  readonly tasks: readonly WorkItem[];
  readonly done: number;
  /** 过了时限没有完成的，时限早的在前 */
  readonly late: readonly WorkItem[];
}

/** 短编号 — `2.8.3` of 食-2.8.3. */
export const shortNumber = ({ code }: Pick<WorkItem, 'code'>): string => code.slice(code.indexOf('-') + 1);

/** 看项目 — null: there is no such project. */
export async function overviewOf(tx: Tx, projectId: string, today: LocalDate): Promise<ProjectOverview | null> {
  const tree = (await readTree(tx, projectId)).filter(({ status }) => status !== 'cancelled');
  const [project] = tree;
  if (project?.kind !== 'project') return null;
  const progress = progressIn(tree);
  const percentOf = ({ id }: WorkItem): string => twoDecimals(progress.get(id) ?? { numerator: 0n, denominator: 1n });
  const tasks = tree.filter(({ kind }) => kind === 'task');
  const parts = tree
    .filter(({ kind }) => kind === 'part')
    .map((part) => {
      const items = new Set(tree.filter(({ parentId }) => parentId === part.id).map(({ id }) => id));
      const below = tasks.filter(({ parentId }) => items.has(parentId ?? ''));
      return { part, percent: percentOf(part), items: items.size, tasks: below.length, done: below.filter(isDone).length };
    });
  const late = tasks.filter((task) => !isDone(task) && task.dueOn < today).sort((left, right) => (left.dueOn < right.dueOn ? -1 : 1));
  return { project, percent: percentOf(project), parts, tasks, done: tasks.filter(isDone).length, late };
}
