import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, note, text } from '../kit/elements.ts';
import { at, joinMd, type Markdown, md } from '../kit/markdown.ts';
import { ask } from './actions.ts';

export interface WelcomeProps {
  readonly botName: string;
  readonly districtName: string;
  readonly personName: string | null;
  readonly inGroup: boolean;
  /** 系统管理员的账号：平台按账号显示姓名；群里不提，免得打扰 */
  readonly administrators: readonly string[];
}

/** 欢迎 — who I am, three things to do, how to get help and from whom, when I am silent. */
export const welcomeCard = defineCard<WelcomeProps>(
  'system.welcome',
  '欢迎',
  ({ botName, districtName, personName, inGroup, administrators }) => ({
    title: `我是${botName}`,
    subtitle: `${districtName}督查督办`,
    color: 'blue',
    summary: `我是${botName}，任务书、反馈和督办都在这里办`,
    elements: [
      text(
        inGroup
          ? '绑定为工作群之后，任务书和督办事项发到本群。需要我时请@我。'
          : `${personName ? `${personName}，您好。` : '您好。'}任务书、反馈和督办都在这里办，不用另装软件。`,
      ),
      fields([
        { label: '看任务', value: '发送“我的任务”', wide: true },
        { label: '查事项', value: '发送编号，例如“管-063”', wide: true },
        { label: '要帮助', value: md`发送“帮助”；系统问题请找系统管理员${joinMd(accounts(administrators), ' ')}`, wide: true },
        { label: '提意见', value: '发送“投诉建议”，直接转督查室主任', wide: true },
      ]),
      !inGroup && buttons(button('查看我的任务', { style: 'primary', action: bind(ask, { text: '我的任务' }) })),
      note('21:00至次日8:00和非工作日不打扰，正式公文除外。不打卡、不积分、不排名。内容不得涉密。'),
    ],
  }),
  [
    { name: 'person', props: { botName: '督查助手', districtName: '滨湾新区', personName: '方伟', inGroup: false, administrators: ['ou_admin'] } },
    { name: 'group', props: { botName: '督查助手', districtName: '滨湾新区', personName: null, inGroup: true, administrators: [] } },
  ],
);

function accounts(openIds: readonly string[]): Markdown[] {
  return openIds
    .filter((openId) => /^[A-Za-z0-9_-]+$/.test(openId))
    .slice(0, 3)
    .map(at);
}
