import { defineCard } from '../kit/card.ts';
import { button, buttons, note, text } from '../kit/elements.ts';

export interface PassProps {
  readonly number: string;
  readonly title: string;
  readonly url: string;
}

/** 投票页 — a voter's own way to the page where his phone makes its ballots; one for the whole session. */
export const passCard = defineCard<PassProps>(
  'review.pass',
  '匿名投票页',
  ({ number, title, url }) => ({
    title: '匿名投票页',
    subtitle: `${number}　${title}`,
    color: 'orange',
    tags: [{ text: '请打开', color: 'orange' }],
    summary: `${title}：请打开您的匿名投票页`,
    elements: [
      text('请打开投票页，会议期间不要关闭', { size: 'heading', lines: 2 }),
      text('每家开放测评时，这一页会自己变成测评票。一人一页，请不要转给别人。', { lines: 3 }),
      buttons(button('打开投票页', { style: 'primary', url })),
      note('可证明匿名模式：票在您的手机里生成，系统盲签时看不到票，收票时不知道是谁。名册只记您领过票。'),
    ],
  }),
  [
    {
      name: 'link',
      props: { number: 'SZ-2026-12-18', title: '2026年度单位主要负责人述职“赶考”', url: 'https://shuling.example.cn/p/vote/3q2-8AAbcDEfGhIjKlMnOw' },
    },
  ],
);
