import { defineCard } from '../kit/card.ts';
import { text } from '../kit/elements.ts';
import { clip } from '../kit/markdown.ts';
import { toneColor } from '../kit/terms.ts';

export interface NoticeProps {
  readonly title: string;
  readonly text: string;
  readonly tone: 'info' | 'success' | 'warning' | 'error' | 'expired';
}

/** 通知 — one result or one refusal in a few words. */
export const noticeCard = defineCard<NoticeProps>(
  'system.notice',
  '通知',
  ({ title, text: words, tone }) => ({
    title,
    color: toneColor[tone] ?? 'blue',
    summary: `${title}：${clip(words, 80)}`,
    elements: [text(words, { lines: 20 })],
  }),
  [
    { name: 'refused', props: { title: '未能办理', text: '您无权导入任务表，请联系督查室。没有写入任何数据。', tone: 'warning' } },
    { name: 'done', props: { title: '已办理', text: '已绑定本群：住房和建设局工作群。', tone: 'success' } },
    { name: 'replaced', props: { title: '待审签', text: '已更新，请看新卡片。', tone: 'expired' } },
    { name: 'hostile', props: { title: '<at id=all></at> **标题**', text: '[点我](http://example.com) <at id=all></at>\n# 一级标题', tone: 'info' } },
  ],
);
