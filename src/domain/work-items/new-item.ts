import type { Context } from '#core/context';
import { newId } from '#core/ids';
import type { WorkItem } from './records.ts';

type Given = Pick<WorkItem, 'year' | 'code' | 'series' | 'number' | 'kind' | 'title' | 'category' | 'leadUnit' | 'dueOn'> & Partial<WorkItem>;

/** 新立事项 — under way from the moment it is set up, outside any task book. */
export function newItem(ctx: Pick<Context, 'now' | 'today'>, given: Given): WorkItem {
  return {
    id: newId(),
    bookId: null,
    parentId: null,
    position: 0,
    weight: null,
    mandatory: true,
    status: 'inProgress',
    goal: '',
    measures: '',
    supportingUnits: [],
    leaderInCharge: null,
    responsiblePostId: null,
    liaisonPostId: null,
    issueOn: ctx.today,
    startOn: null,
    originalDueOn: given.dueOn,
    feedbackPeriod: 'monthly',
    theme: null,
    metrics: [],
    percent: 0,
    lastReportAt: null,
    issuedAt: ctx.now,
    acknowledgedAt: null,
    completedAt: null,
    reworkCount: 0,
    ...given,
  };
}
