import { role, term } from '#cards/kit/terms';
import type { Context } from '#core/context';
import { wasEscalated } from '#domain/orders/store';
import { leaderRoles, leadersOf, unitChat } from '#domain/roster/model';
import { chatOf, findHolders } from '#domain/roster/store';
import type { WorkItem } from '#domain/work-items/records';
import type { Audience } from './views.ts';

/** 令发给谁 */
export interface OrderRecipients {
  readonly chat: string | null;
  readonly people: readonly { readonly openId: string; readonly name: string; readonly audience: Audience }[];
  /** 抄送的人 */
  readonly copies: readonly string[];
  /** 收不到的，一处一句 */
  readonly unreached: readonly string[];
}

const audienceOfPost: Readonly<Record<string, Audience>> = { unitHead: 'head', unitDeputy: 'deputy', liaison: 'unit' };
/** 纪检的分管领域 */
const discipline = /纪检|纪律/;

/** 令的收件人 — the head, the unit's deputies and liaison, its group; a copy for the leader of the field, and for the discipline inspection after a talk. Who can't be reached is named. */
export async function orderRecipients(ctx: Pick<Context, 'tx' | 'now' | 'today'>, item: WorkItem): Promise<OrderRecipients> {
  const ofUnit = await findHolders(ctx.tx, { unitCodes: [item.leadUnit], roles: ['unitHead', 'unitDeputy', 'liaison'], backup: false }, ctx.today);
  // 提请过约谈的，再印发的令也抄送纪检（domain B6）。
  const escalated = await wasEscalated(ctx.tx, item.id, ctx.now);
  const all = await findHolders(ctx.tx, { roles: leaderRoles }, ctx.today);
  const named = new Set(leadersOf(all, item.leaderInCharge));
  const leaders = all.filter((leader) => named.has(leader) || (escalated && leader.field !== null && discipline.test(leader.field)));
  const chat = await chatOf(ctx.tx, unitChat(item.leadUnit));
  const heads = ofUnit.filter((holder) => holder.role === 'unitHead');
  const people = new Map<string, OrderRecipients['people'][number]>();
  const unreached = [...(chat === null ? ['没有绑定工作群'] : []), ...(heads.length === 0 ? ['没有在任的单位主要负责人'] : [])];
  for (const { openId, name, role: post } of [...heads, ...ofUnit.filter((holder) => holder.role !== 'unitHead'), ...leaders]) {
    if (openId === null) unreached.push(`${term(role, post)}${name}没有飞书账号`);
    else if (!people.has(openId)) people.set(openId, { openId, name, audience: audienceOfPost[post] ?? 'group' });
  }
  const copies = leaders.filter(({ delegateFor }) => delegateFor === null).map(({ name }) => name);
  return { chat, people: [...people.values()], copies, unreached };
}
