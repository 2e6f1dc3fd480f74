import type { ResultsProps } from '#cards/review/results.card';
import type { Context } from '#core/context';
import type { ShownTally } from '#domain/ballots/disclose';
import type { ReviewSession, SlotResult } from '#domain/review/model';
import { findRounds, findSlots } from '#domain/review/store';
import { scaleOf } from './views.ts';

/** 结果的行 — as every card and paper shows them. */
export function resultRows({ results }: ReviewSession): ResultsProps['rows'] {
  return (results ?? []).map(({ rank, unitName, shown, task }) => ({
    rank: rank === null ? '—' : String(rank),
    unitName,
    total: totalWords(shown),
    excellent: shown.excellentRate === null ? '—' : `${shown.excellentRate}%`,
    valid: piecesWords(shown),
    classes: `${shown.classes.map(({ voterClass, score, instead }) => `${voterClass}${score ?? instead ?? ''}`).join(' ')}${taskWords(task)}`,
  }));
}

/** 票数怎样写 — where single ballots would show, how many came back and no more. */
export function piecesWords({ used, valid, abstained, invalid }: ShownTally): string {
  if (valid === null) return `收回${used ?? 0}`;
  return `有效${valid} 弃权${abstained ?? 0}${invalid ? ` 无效${invalid}` : ''}`;
}

/** 总分怎样写 — where there is none, why: too few ballots, or a class without any and the plan says not to publish then. */
export function totalWords({ total, excellentRate }: Pick<ShownTally, 'total' | 'excellentRate'>): string {
  return total ?? (excellentRate === null ? '票数少，不公布' : '有类别没有有效票，不公布');
}

/** 说明 — which observer was replaced, who was absent, the rounds that were voided, and the classes that had no valid ballot. */
export async function remarksOf(ctx: Pick<Context, 'tx'>, session: ReviewSession): Promise<string[]> {
  const [slots, rounds] = [await findSlots(ctx.tx, session.id), await findRounds(ctx.tx, session.id)];
  const voided = rounds
    .filter(({ state }) => state === 'voided')
    .map(({ slotId, number, voidReason }) => `${slots.find(({ id }) => id === slotId)?.unitName ?? ''}第${number}轮作废：${voidReason ?? ''}`);
  const renormalised = (session.results ?? [])
    .filter(({ shown }) => shown.renormalised.length > 0)
    .map(({ unitName, shown }) => `${unitName}的${shown.renormalised.join('、')}没有有效票，由其余类别重新归一`);
  const absent = slots
    .filter(({ state }) => state === 'absent')
    .map(({ unitName, presenter }) => `${unitName}${presenter}缺席，没有述职，不测评、不排名`);
  const changed = (session.plan.observerChanges ?? []).map(
    ({ from, to, askedBy, agreedBy }) => `监督员${from}离任，由${to}接替（${askedBy}提出，${agreedBy}同意）`,
  );
  return [...changed, ...absent, ...voided, ...renormalised];
}

function taskWords(task: SlotResult['task']): string {
  if (!task) return '';
  return `　测评${task.vote ?? '不公布'} 按时办结${task.due === 0 ? '没有到期的，只计测评' : `${task.onTime}/${task.due}`}`;
}

/** 同分怎么排 */
export const tieRuleOf = ({ plan }: ReviewSession): string => `先比优秀率，再比${plan.rules.classes[0]?.name ?? ''}类得分，再并列`;

/** 公式与权重，一行 */
export function formulaOf({ plan: { rules } }: ReviewSession): string {
  const trimmed = rules.method === 'scores' && rules.trimFrom !== null ? `；每类满${rules.trimFrom}票去掉一个最高分、一个最低分` : '';
  const tasks = rules.taskWeight === undefined ? '' : `；总分＝测评×${100 - Number(rules.taskWeight)}%＋按时办结率×${rules.taskWeight}%`;
  return `${rules.classes.map(({ name, weight }) => `${name}×${weight}%`).join('＋')}；${scaleOf(rules)}${trimmed}${tasks}`;
}
