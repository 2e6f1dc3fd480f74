import { type PartsProps, partsCard } from '#cards/break-down/parts.card';
import type { Card } from '#cards/kit/card';
import { formatDay } from '#cards/kit/format';
import type { Context } from '#core/context';
import { loadCalendar } from '#domain/calendar/store';
import { isWorkingDay, workingDayOnOrBefore } from '#domain/calendar/working-days';
import type { Holder } from '#domain/roster/model';
import { findHolders, listUnits } from '#domain/roster/store';
import type { WorkItem } from '#domain/work-items/records';
import { writtenCode } from '#domain/work-items/written-code';

/** 本单位的岗位与现任 — who can answer for an item; delegates do not hold the post. */
export async function peopleOf(ctx: Context, unitCode: string, roles: readonly ('responsiblePerson' | 'unitDeputy' | 'liaison' | 'unitHead')[]) {
  const people = await findHolders(ctx.tx, { unitCodes: [unitCode], roles }, ctx.today);
  return people.filter(({ delegateFor }) => delegateFor === null);
}

/** 岗位 → 下拉里的一行 */
export function choiceOf({ postId, name, title, backup }: Holder): { postId: string; words: string } {
  return { postId, words: `${name}　${title}${backup ? '（备用）' : ''}` };
}

/** 没有账号的人，按姓名 */
export const withoutAccount = (people: readonly Holder[]): string[] => [
  ...new Set(people.flatMap(({ openId, name }) => (openId === null ? [name] : []))),
];

/** 分解的结果 → 卡片 */
export async function partsView(
  ctx: Context,
  audience: PartsProps['audience'],
  { item, parts, people }: { item: WorkItem; parts: readonly WorkItem[]; people: readonly Holder[] },
): Promise<Card> {
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === item.leadUnit);
  const calendar = await loadCalendar(ctx.tx);
  const holderOf = (postId: string | null) => people.find((person) => person.postId === postId);
  const off = parts.filter(({ dueOn, status }) => status !== 'cancelled' && !isWorkingDay(calendar, dueOn));
  const names = withoutAccount(parts.flatMap(({ responsiblePostId }) => holderOf(responsiblePostId) ?? []));
  return partsCard({
    audience,
    code: await writtenCode(ctx, item),
    title: item.title,
    unitName: unit?.name ?? item.leadUnit,
    today: ctx.today,
    by: ctx.actor.name,
    parts: parts.map(({ code, title, dueOn, weight, responsiblePostId }) => ({
      code,
      title,
      dueOn,
      weight: weight === null ? '平均' : `${weight}%`,
      responsible: holderOf(responsiblePostId)?.name ?? '未指定',
    })),
    warnings: [
      ...off.map(({ code, dueOn }) => {
        const before = formatDay(workingDayOnOrBefore(calendar, dueOn), ctx.today);
        return `${code}的时限${formatDay(dueOn, ctx.today)}不是工作日，提醒按前一个工作日${before}。`;
      }),
      ...names.map((name) => `${name}没有飞书账号，收不到卡片，请当面告知。`),
    ],
  });
}
