import { defineCard } from '../kit/card.ts';
import { note, panel, table, text } from '../kit/elements.ts';
import { healthStatus, term } from '../kit/terms.ts';

export interface DiagnosisProps {
  readonly at: string;
  readonly results: readonly {
    readonly name: string;
    readonly status: 'pass' | 'warn' | 'fail' | 'skip';
    readonly finding: string;
    readonly hint?: string;
  }[];
}

const statusColor = { pass: 'green', warn: 'orange', fail: 'red', skip: 'neutral' } as const;

/** 诊断 — every check with its finding, and what to do about those that did not pass. */
export const diagnosisCard = defineCard<DiagnosisProps>(
  'system.diagnosis',
  '诊断',
  ({ at, results }) => {
    const count = (status: string): number => results.filter((result) => result.status === status).length;
    const worst = count('fail') > 0 ? 'red' : count('warn') > 0 ? 'orange' : 'green';
    const counts = (['pass', 'warn', 'fail', 'skip'] as const).map((status) => `${term(healthStatus, status)}${count(status)}`).join('　');
    const hints = results.filter(({ status, hint }) => status !== 'pass' && hint);
    return {
      title: '诊断结果',
      subtitle: at,
      color: worst,
      tags: [{ text: worst === 'green' ? '正常' : worst === 'orange' ? '有需要注意的项' : '有未通过的项', color: worst }],
      summary: `诊断：${counts}`,
      elements: [
        text(counts),
        table({
          pageSize: 10,
          columns: [
            { name: 'name', title: '项目', width: '30%' },
            { name: 'status', title: '结果', type: 'options', width: '90px' },
            { name: 'finding', title: '情况' },
          ],
          rows: results.map(({ name, status, finding }) => ({
            name,
            status: [{ text: term(healthStatus, status), color: statusColor[status] }],
            finding,
          })),
        }),
        hints.length > 0 &&
          panel(
            '怎么办',
            hints.map(({ name, hint }) => text(`${name}：${hint}`, { lines: 4 })),
            true,
          ),
        note('与命令行的 doctor 是同一份清单。'),
      ],
    };
  },
  [
    {
      name: 'mixed',
      props: {
        at: '5月28日（周四）15:10',
        results: [
          { name: '数据库', status: 'pass', finding: '可用，迁移齐全' },
          { name: '人员账号', status: 'warn', finding: '1人没有飞书账号：余宏斌', hint: '请本人开通账号，之后每天早上会自动重新匹配' },
          { name: '发件箱', status: 'fail', finding: '2件已放弃', hint: '请联系系统管理员查看日志' },
          { name: '回调订阅', status: 'skip', finding: '平台不提供查询', hint: '请在开放平台核对已订阅的事件和回调' },
        ],
      },
    },
  ],
);
