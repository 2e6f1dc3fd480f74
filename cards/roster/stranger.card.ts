import { defineCard } from '../kit/card.ts';
import { note, text } from '../kit/elements.ts';
import { at, joinMd, md } from '../kit/markdown.ts';

export interface StrangerProps {
  readonly botName: string;
  /** accounts of the administrators, the first three are named */
  readonly administrators: readonly string[];
  /** 花名册里还有没匹配到账号的人：这就再匹配一次 */
  readonly matching: boolean;
}

/** 认不出的账号 — says that nothing will come to this account, why that may be so, and whom to tell. */
export const strangerCard = defineCard<StrangerProps>(
  'roster.stranger',
  '认不出的账号',
  ({ botName, administrators, matching }) => ({
    title: '还没有认出您的账号',
    color: 'orange',
    summary: '花名册里没有您这个飞书账号，任务书、提醒和测评票都不会发给您',
    elements: [
      text(`我是${botName}。花名册里没有您这个飞书账号：任务书、提醒和测评票都不会发给您，“我的任务”里也看不到您的事。`, { lines: 4 }),
      text(md`请把姓名、单位和登录飞书的手机号告诉系统管理员${joinMd(administrators.slice(0, 3).map(at), ' ')}：多半是花名册里的手机号与它不一致。`, {
        lines: 4,
      }),
      matching && text('刚才已按花名册里的手机号再匹配一次，匹配上了马上告诉您。', { lines: 2 }),
      note('只是来旁听、参观，或用纸质票的，不用登记。'),
    ],
  }),
  [
    { name: 'matching', props: { botName: '督查助手', administrators: ['ou_admin'], matching: true } },
    { name: 'all-known', props: { botName: '督查助手', administrators: [], matching: false } },
  ],
);
