import type { Actor, Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { findPerson } from '../roster/handovers/store.ts';
import { findHolders } from '../roster/store.ts';
import type { SessionPlan } from './model.ts';

// 监督员和“另一个人”认的是人，不是姓名：花名册里有同名的。

/**
 * 定下监督员是哪几位 — the persons behind the names of the plan, in its order, before anything depends on them.
 * @throws InvalidError when a name is nobody's, or several people's and nobody has been chosen
 */
export async function pinObservers(ctx: Pick<Context, 'tx' | 'today'>, { observers, observerIds }: SessionPlan): Promise<string[]> {
  const holders = await findHolders(ctx.tx, { roles: ['observer'] }, ctx.today);
  return observers.map((name, index) => {
    if (observers.indexOf(name) !== index) throw new InvalidError(`方案里监督员${name}写了两次，请改好方案再锁定`);
    const chosen = observerIds?.[index];
    const people = new Set(holders.flatMap((each) => (each.name === name && (chosen ?? each.personId) === each.personId ? [each.personId] : [])));
    const [id] = people;
    if (id === undefined) throw new InvalidError(`花名册里没有叫${name}的监督员，没有人取数。请系统管理员补花名册，或改好方案再锁定`);
    if (people.size > 1) throw new InvalidError(`花名册里有${people.size}位监督员叫${name}，分不清是哪一位。请发“述职 新建”，在名单里选定`);
    return id;
  });
}

/** 认监督员 — by what name the plan has him; null: he is none of this session. Plans that were locked before know their names alone. */
export function observerName({ observers, observerIds }: SessionPlan, { personId, name }: Pick<Actor, 'personId' | 'name'>): string | null {
  const index = observerIds ? observerIds.findIndex((id) => id === personId) : observers.indexOf(name);
  return observers[index] ?? null;
}

/** 一席上坐过的人 — the one of today first, then whoever he replaced. */
export function namesOfSeat({ observers, observerChanges = [] }: SessionPlan, seat: number): string[] {
  return [observers[seat] ?? '', ...observerChanges.filter((change) => change.seat === seat).map(({ from }) => from)];
}

/** 各席的取数 — in the order of the plan, by who gave it: a number stays when its observer is replaced. @returns number null: not given yet */
export function drawSeats(plan: SessionPlan, inputs: Readonly<Record<string, string>>): { readonly name: string; readonly number: string | null }[] {
  return plan.observers.map((today, seat) => {
    const name = namesOfSeat(plan, seat).find((one) => inputs[one] !== undefined);
    return name === undefined ? { name: today, number: null } : { name, number: inputs[name] ?? null };
  });
}

/** 取到的数 */
export const drawNumbers = (plan: SessionPlan, inputs: Readonly<Record<string, string>>): string[] =>
  drawSeats(plan, inputs).flatMap(({ number }) => number ?? []);

/** 须是这一场的监督员 @throws InvalidError */
export function assertObserver(plan: SessionPlan, actor: Actor): string {
  const name = observerName(plan, actor);
  if (name === null) throw new InvalidError('您不是这一场的监督员');
  return name;
}

/** 提出的人 — as it is kept with what was asked for. @throws InvalidError when the account is nobody's */
export function askerOf({ personId }: Actor): string {
  if (personId === null) throw new InvalidError('认不出您的账号，请联系系统管理员');
  return personId;
}

/** 须另一个人 @throws InvalidError */
export function assertAnother(askedBy: string, { personId }: Actor): void {
  if (askedBy === personId) throw new InvalidError('提出的人不能自己同意，须另一位监督员同意');
}

/** 提出的人的姓名 */
export async function askerName(ctx: Pick<Context, 'tx'>, askedBy: string | null): Promise<string> {
  if (askedBy === null) return '';
  return (await findPerson(ctx.tx, { personId: askedBy }))?.name ?? askedBy;
}
