import { noticeCard } from '#cards/system/notice.card';
import { type Command, command } from '#core/command';

/** 导入 — which tables and files this person may send; the file itself says what it is. */
export const imports: Command = command({
  words: ['导入', 'import'],
  summary: '能导入哪些表，怎样导入',
  example: '导入',
  handle: (ctx) => {
    const { imports: importers, dataFiles } = ctx.contributions;
    const titles = [...importers, ...dataFiles].filter(({ mayImport }) => mayImport(ctx.actor)).map(({ title }) => `· ${title}`);
    const text =
      titles.length === 0
        ? '您没有可以导入的表。反馈的材料（文件、照片）直接发给我，再选附到哪一次反馈；其他请联系督查室或系统管理员。'
        : [
            '把文件直接发给我就行，我按内容认出是哪一种：',
            ...titles,
            '先核对，报告新增、更新和有误的各几项；您点“确认导入”之前，什么都不写入。',
          ].join('\n');
    return Promise.resolve({ card: noticeCard({ title: '导入', text, tone: 'info' }), privately: true });
  },
});
