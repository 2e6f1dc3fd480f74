import type { Card } from '#cards/kit/card';
import { formatDay } from '#cards/kit/format';
import { delegateWork as delegateAction, openDelegationForm, withdrawDelegation as withdrawAction } from '#cards/roster/actions';
import { delegationFormCard } from '#cards/roster/delegation-form.card';
import { delegationsCard } from '#cards/roster/delegations.card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { addDays } from '#core/dates';
import { InvalidError } from '#core/errors';
import { delegateWork, delegationSituation, withdrawDelegation } from '#domain/roster/delegate';
import { findColleagues, findPerson, findPosts, type PersonRecord } from '#domain/roster/handovers/store';
import { personalRoles } from '#domain/roster/model';
import { assertMay, may } from '#domain/roster/policy';
import { digitsOf } from '#domain/roster/read-roster';
import { findPeople } from '#domain/roster/store';
import { queueLetGo } from './let-go.ts';
import { queueTakeOver } from './take-over.ts';
import { delegationKey, delegationView, occasionOf } from './views.ts';

const candidatesMax = 100;

/** 委托 — one's own work; who manages the roster also registers it for others (`委托 袁梦洁`). */
export const delegate: Command = command({
  words: ['委托', 'delegate'],
  summary: '休假、出差期间委托他人代办，也在这里收回',
  example: '委托',
  visibleTo: (actor) => may(actor, 'delegate'),
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'delegate');
    const personId = argument.trim() === '' ? ctx.actor.personId : await findPrincipal(ctx, argument.trim());
    if (personId === null) throw new InvalidError('请写明委托人的姓名，例如“委托 袁梦洁”');
    const { principal, unitCodes, delegations } = await delegationSituation(ctx, personId);
    if (delegations.length === 0) return { card: await formCard(ctx, { principal, unitCodes }), privately: true };
    const list = delegations.map(({ id, delegate: { name }, fromOn, toOn }) => ({ id, delegateName: name, fromOn, toOn }));
    return { card: delegationsCard({ personId, personName: principal.name, delegations: list, today: ctx.today }), privately: true };
  },
});

/** 新增委托 — the form replaces the list. */
export const onOpenDelegationForm = on(openDelegationForm, async (ctx, { personId }) => ({
  card: await formCard(ctx, await delegationSituation(ctx, personId)),
}));

/** 提交委托 — both are told; the form gives way to the result. */
export const onDelegate = on(delegateAction, async (ctx, { personId }, { person, mobile, fromOn, toOn, reason }) => {
  const registered = await delegateWork(ctx, { personId, to: { personId: person, mobile }, fromOn, toOn, reason: reason ?? null });
  const card = delegationView(ctx, 'registered', registered);
  const { id, principal, delegate: deputy } = registered.delegation;
  for (const { openId } of [principal, deputy]) {
    if (openId === null || openId === ctx.actor.openId) continue;
    ctx.outbox.sendCard({ to: { person: openId }, cardKey: delegationKey(id), card, dedupeKey: `delegation:${id}:${openId}`, priority: 'task' });
  }
  const occasion = `${formatDay(fromOn, ctx.today)}至${formatDay(toOn, ctx.today)}代${principal.name}办理`;
  await queueTakeOver(ctx, fromOn, { key: id, personId: deputy.personId, postId: null, principalId: principal.personId, occasion });
  queueLetGo(ctx, addDays(toOn, 1), { key: `${id}:over`, personId: deputy.personId, principalName: principal.name });
  return { toast: '已委托', card };
});

/** 收回委托 — every copy of the card says so, and both are told in words: a card that changes makes no sound. */
export const onWithdrawDelegation = on(withdrawAction, async (ctx, { delegationId }) => {
  const delegation = await withdrawDelegation(ctx, delegationId);
  const card = delegationView(ctx, 'withdrawn', { delegation, notPassedOn: [] });
  ctx.outbox.updateCard({ cardKey: delegationKey(delegationId), card });
  const { principal, delegate: deputy } = delegation;
  queueLetGo(ctx, ctx.today, { key: `${delegationId}:withdrawn`, personId: deputy.personId, principalName: principal.name });
  const text = `${principal.name}的委托已收回，${deputy.name}即日起不再代办。`;
  for (const { openId } of [principal, deputy]) {
    if (openId === null || openId === ctx.actor.openId) continue;
    ctx.outbox.sendText({ to: { person: openId }, text, dedupeKey: `delegation:${delegationId}:withdrawn:${openId}`, priority: 'task' });
  }
  return { toast: '已收回', card };
});

async function formCard(ctx: Context, { principal, unitCodes }: { principal: PersonRecord; unitCodes: readonly (string | null)[] }): Promise<Card> {
  const colleagues = await findColleagues(ctx.tx, { unitCodes, without: personalRoles }, ctx.today);
  // 没有账号的人收不到卡片，也不能替别人委托给自己：能选的才列出来。
  const able = colleagues.filter(({ personId, openId }) => openId !== null && personId !== principal.personId && personId !== ctx.actor.personId);
  return delegationFormCard({
    personId: principal.personId,
    personName: principal.name,
    candidates: able.slice(0, candidatesMax).map(({ personId, name, title }) => ({ personId, name, title })),
    today: ctx.today,
    occasion: occasionOf(ctx),
  });
}

/** 找委托人 — by name or mobile number; the right is asked first, so that names can't be tried out. */
async function findPrincipal(ctx: Context, word: string): Promise<string> {
  const mobile = digitsOf(word);
  const person = mobile.length >= 7 ? await findPerson(ctx.tx, { mobile }) : null;
  const people = person ? [{ id: person.personId, name: person.name, mobile }] : await findPeople(ctx.tx, { name: word, today: ctx.today });
  const [first, ...others] = people;
  if (first && others.length === 0 && first.id === ctx.actor.personId) return first.id;
  assertMay(ctx.actor, 'delegateForOthers');
  if (!first) throw new InvalidError(`花名册里没有“${word}”，请核对姓名或手机号`);
  if (others.length === 0) return first.id;
  const described = await Promise.all(people.map((known) => describe(ctx, known)));
  throw new InvalidError(`有${people.length}位${word}：${described.join('、')}。请改写手机号，例如“委托 手机号”`);
}

async function describe(ctx: Context, { id, mobile }: { id: string; mobile: string }): Promise<string> {
  const [post] = await findPosts(ctx.tx, { personId: id }, ctx.today);
  return `${post?.unitName ?? post?.title ?? '无岗位'}（手机尾号${mobile.slice(-4)}）`;
}
