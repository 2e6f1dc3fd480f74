import { formatNumber, rate } from '#cards/kit/format';
import { progressFormCard } from '#cards/progress/progress-form.card';
import { type Answer, type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { itemCodeSource, readItemCode } from '#domain/work-items/item-code';
import { itemNamed } from '#domain/work-items/item-view';
import type { Metric } from '#domain/work-items/model';
import { latestMetrics, openSituation } from '#domain/work-items/progress';
import { type QuickReport, readQuickReport } from '#domain/work-items/quick-report';
import { formProps } from './form.ts';

/** 编号后面跟着数，才是报数 */
const said = new RegExp(String.raw`^${itemCodeSource}[\s,，:：]+(?=.*\d)\S.*$`, 'su');
const asked = new RegExp(String.raw`^(?<code>${itemCodeSource})(?:[\s,，:：]+(?<words>.*))?$`, 'su');

/** 一句话报数 — `管-063 216户`: the values read are shown in the form, and one tap submits them. */
export const quickReport: Command = command({
  words: ['反馈', '填报', 'report'],
  summary: '反馈一个事项；也可以直接发编号和数，例如“管-063 216户”',
  example: '反馈 管-063 216户',
  match: (text) => (said.test(text) ? text : null),
  handle: async (ctx, argument): Promise<Answer> => {
    const { code = '', words = '' } = asked.exec(argument.normalize('NFKC').trim())?.groups ?? {};
    const item = readItemCode(code);
    if (!item) throw new InvalidError('请写明事项编号，例如“反馈 管-063 216户”');
    const { id } = await itemNamed(ctx, item);
    return { card: await confirmCard(ctx, id, words), privately: true };
  },
});

async function confirmCard(ctx: Context, itemId: string, words: string) {
  const situation = await openSituation(ctx, itemId);
  const base = await formProps(ctx, situation);
  if (words.trim() === '') return progressFormCard(base);
  const { item, last } = situation;
  const given = readQuickReport(item.metrics, words);
  const before = latestMetrics(item, last);
  const metrics = base.metrics.map((metric) => ({ ...metric, value: given.metrics.get(metric.name) ?? metric.value }));
  const percent = given.percent ?? percentFrom(item.metrics, given, item.percent);
  const changes = item.metrics.flatMap((metric) => {
    const value = given.metrics.get(metric.name);
    return value === undefined ? [] : [{ ...metric, value, previous: before.get(metric.name) ?? 0 }];
  });
  return progressFormCard({
    ...base,
    metrics,
    percent,
    content: given.content ?? (changes.map(inWords).join('；') || base.content),
    difficulties: given.difficulties ?? base.difficulties,
    quick: {
      read: [
        ...changes.map(({ name, value, unit }) => `${name}${formatNumber(value)}${unit}`),
        ...(percent === item.percent ? [] : [`完成${percent}%`]),
      ],
      notes: [
        ...given.unread,
        ...lowered(changes, given.reason),
        ...(percent < item.percent && !given.reason ? [`完成百分比由${item.percent}%降为${percent}%，请写明下调原因再提交。`] : []),
      ],
      reason: given.reason ?? '',
    },
  });
}

type Change = Metric & { readonly value: number; readonly previous: number };

/** 只有一个指标的，完成多少跟着它走；涨了数不降百分比。 */
function percentFrom(metrics: readonly Metric[], given: QuickReport, current: number): number {
  const [only, ...more] = metrics;
  const value = only && given.metrics.get(only.name);
  if (!only || more.length > 0 || value === undefined) return current;
  const share = Math.max(0, Math.min(100, Math.floor(rate(value, only.target))));
  return value >= only.current ? Math.max(share, current) : share;
}

function inWords({ name, value, previous, unit }: Change): string {
  const change = value - previous;
  const compared = change === 0 ? '与上次相同' : `比上次${change > 0 ? '多' : '少'}${formatNumber(Math.abs(change))}${unit}`;
  return `${name}${formatNumber(value)}${unit}，${compared}`;
}

function lowered(changes: readonly Change[], reason: string | null): string[] {
  if (reason !== null) return [];
  return changes
    .filter(({ value, previous }) => value < previous)
    .map(({ name, value, previous, unit }) => `${name}由${formatNumber(previous)}${unit}降为${formatNumber(value)}${unit}，请写明下调原因再提交。`);
}
