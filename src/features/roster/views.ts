import type { Card } from '#cards/kit/card';
import { delegationCard } from '#cards/roster/delegation.card';
import type { Context } from '#core/context';
import type { DelegationRecord } from '#domain/roster/delegations/store';
import type { PersonRecord } from '#domain/roster/handovers/store';

/** 委托的卡片键 */
export const delegationKey = (delegationId: string): string => `delegation:${delegationId}`;

/** 表单的场合 — differs from card to card: a form's name that was used once stays locked on the client. */
export function occasionOf(ctx: Pick<Context, 'now'>): string {
  return ctx.now.getTime().toString(36);
}

/** 委托 → 卡片 */
export function delegationView(
  ctx: Pick<Context, 'today' | 'actor'>,
  state: 'registered' | 'withdrawn',
  { delegation, notPassedOn }: { delegation: DelegationRecord; notPassedOn: readonly PersonRecord[] },
): Card {
  const { principal, delegate, fromOn, toOn, reason } = delegation;
  return delegationCard({
    state,
    principalName: principal.name,
    delegateName: delegate.name,
    fromOn,
    toOn,
    today: ctx.today,
    reason,
    byName: ctx.actor.name,
    notPassedOn: notPassedOn.map(({ name }) => name),
  });
}
