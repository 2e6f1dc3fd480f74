import { settingsCard } from '#cards/system/settings.card';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { messagesPerDayMax } from '#domain/burden/store';
import { quietFrom, quietUntil, sendingTime } from '#domain/calendar/sending-hours';
import { currentPolicy } from '#domain/deadlines/policy-change';
import { leadDays } from '#domain/extensions/request';
import { may } from '#domain/roster/policy';

/** 设置 — what is in force here; anybody may look. */
export const settings: Command = command({
  words: ['设置', 'settings'],
  summary: '查看本区现行的时限、提醒和免打扰',
  example: '设置',
  handle: async (ctx) => ({
    card: settingsCard({ rows: await rowsOf(ctx), mayChangeRules: may(ctx.actor, 'manageReminderRules') }),
    privately: true,
  }),
});

async function rowsOf(ctx: Context): Promise<{ label: string; value: string }[]> {
  const { steps } = (await currentPolicy(ctx)).rules;
  const { acknowledgeWithinDays, declineWithinDays, orderReceiptWithinDays, orderReplyWithinDays, cancelImportWithinMinutes } = ctx.settings;
  const notices = steps.filter(({ level }) => level === 'L0').map(({ offset }) => -offset);
  const after = (level: string): number => steps.find((step) => step.level === level)?.offset ?? 0;
  return [
    { label: '签收、退件', value: `下达后${acknowledgeWithinDays}个工作日之内签收，${declineWithinDays}个工作日之内可以退件` },
    { label: '反馈', value: '每周五、每月25日、季末月25日，遇休息日提前' },
    { label: '到期提醒', value: `提前${notices.join('、')}个工作日和当天，${sendingTime}` },
    { label: '催办', value: `逾期${after('L2')}个工作日催办，${after('L3')}个工作日二次催办，${after('L4')}个工作日拟督办令` },
    { label: '延期', value: `时限${leadDays}个工作日以前申请；再次延期须督查室主任同意` },
    { label: '督办令', value: `${orderReceiptWithinDays}个工作日之内签收，${orderReplyWithinDays}个工作日之内回复` },
    { label: '免打扰', value: `每天${quietFrom}至次日${quietUntil}和非工作日，正式公文除外` },
    { label: '自动消息', value: `每人每天至多一张提醒卡，连同简报不超过${messagesPerDayMax}条；同一事项一天只提醒一次` },
    { label: '撤销导入', value: `确认之后${cancelImportWithinMinutes}分钟之内、审定之前` },
  ];
}
