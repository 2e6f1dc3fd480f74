import { breakDown as breakDownAction, openBreakDown as openAction } from '#cards/break-down/actions';
import { breakDownFormCard, partsMax, slots } from '#cards/break-down/break-down-form.card';
import { bind } from '#cards/kit/action';
import { on } from '#core/click';
import type { Context } from '#core/context';
import { isRealDate } from '#core/dates';
import { ConflictError, InvalidError } from '#core/errors';
import type { Holder } from '#domain/roster/model';
import { may } from '#domain/roster/policy';
import { findHolders } from '#domain/roster/store';
import { breakDown, type NewPart, openBreakDown } from '#domain/work-items/break-down';
import { announceItem, itemAction, matterOf } from '#domain/work-items/item-view';
import type { WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';
import { choiceOf, partsView, peopleOf, withoutAccount } from './views.ts';

/** 事项卡上的分解 */
export const breakDownOffer = itemAction('分解', (ctx, { item, last }) => {
  const waiting = last?.status === 'submitted' || last?.status === 'signedOff';
  const open = item.status === 'inProgress' && item.parentId === null && !waiting;
  return open && may(ctx.actor, 'breakDown', matterOf(item)) ? bind(openAction, { itemId: item.id }) : null;
});

/** 打开分解单 */
export const onOpenBreakDown = on(openAction, async (ctx, { itemId }) => {
  const { item, children } = await openBreakDown(ctx, itemId);
  if (children.length > partsMax)
    throw new ConflictError(`${await writtenCode(ctx, item)}已有${children.length}个子任务，一个事项最多分解为${partsMax + slots}个`);
  const people = await peopleOf(ctx, item.leadUnit, ['responsiblePerson', 'unitDeputy', 'liaison', 'unitHead']);
  const card = breakDownFormCard({
    itemId,
    code: await writtenCode(ctx, item),
    title: item.title,
    dueOn: item.dueOn,
    today: ctx.today,
    percent: item.percent,
    parts: children.map(({ code, title, weight }) => ({ code, title, weight: weight === null ? '' : String(weight) })),
    people: people.map(choiceOf),
    unreachable: withoutAccount(people),
  });
  return { card };
});

type Form = Parameters<Parameters<typeof on<{ itemId: string; known: number }, FormOfBreakDown>>[1]>[2];
type FormOfBreakDown = typeof breakDownAction extends { readonly form: { readonly _output: infer Output } } ? Output : never;

/** 提交分解 — each responsible person gets one card with the parts that are new to him. */
export const onBreakDown = on(breakDownAction, async (ctx, target, form) => {
  const shares = numbered(form, 'share', partsMax).map((share) => (typeof share === 'number' ? share : null));
  const { item, added, children } = await breakDown(ctx, target, { parts: readParts(form), shares });
  const postIds = [...new Set(children.flatMap(({ responsiblePostId }) => (responsiblePostId ? [responsiblePostId] : [])))];
  const people = postIds.length > 0 ? await findHolders(ctx.tx, { postIds }, ctx.today) : [];
  await handOut(ctx, { item, added, people });
  await announceItem(ctx, item.id);
  return { toast: `已分解为${children.length}个子任务`, card: await partsView(ctx, 'liaison', { item, parts: children, people }) };
});

async function handOut(
  ctx: Context,
  { item, added, people }: { item: WorkItem; added: readonly WorkItem[]; people: readonly Holder[] },
): Promise<void> {
  const accounts = new Map<string, string[]>();
  for (const { openId, postId } of people) if (openId && openId !== ctx.actor.openId) accounts.set(openId, [...(accounts.get(openId) ?? []), postId]);
  for (const [openId, held] of accounts) {
    const parts = added.filter(({ responsiblePostId }) => responsiblePostId !== null && held.includes(responsiblePostId));
    const [first] = parts;
    if (!first) continue;
    const card = await partsView(ctx, 'responsible', { item, parts, people });
    const key = `parts:${first.id}:${openId}`;
    ctx.outbox.sendCard({ to: { person: openId }, cardKey: key, card, dedupeKey: key, priority: 'task' });
  }
}

/** 填了名称的才算；名称、时限缺一不可。 */
function readParts(form: Form): NewPart[] {
  const [titles, dues, weights, people] = (['title', 'due', 'weight', 'person'] as const).map((name) => numbered(form, name, slots));
  return (titles ?? []).flatMap((title, index) => {
    const due = dues?.[index];
    if (typeof title !== 'string' || title.trim() === '') {
      if (due !== undefined) throw new InvalidError(`请填写子任务${index + 1}的名称`);
      return [];
    }
    if (typeof due !== 'string' || !isRealDate(due)) throw new InvalidError(`请选择子任务${index + 1}“${title.trim()}”的时限`);
    const [weight, person] = [weights?.[index], people?.[index]];
    return [
      {
        title: title.trim(),
        dueOn: due,
        weight: typeof weight === 'number' ? weight : null,
        responsiblePostId: typeof person === 'string' ? person : null,
      },
    ];
  });
}

function numbered(form: Form, name: string, count: number): (string | number | undefined)[] {
  const fields = form as Readonly<Record<string, string | number | undefined>>;
  return Array.from({ length: count }, (_, index) => fields[`${name}${index + 1}`]);
}
