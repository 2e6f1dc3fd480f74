import type { LocalDate } from '#core/dates';
import type { OfficialDocument } from '#core/document';
import { writtenDate, writtenDateWithWeekday } from './words.ts';

/** 催办通知要写的 */
export interface UrgeNoticeFacts {
  readonly districtName: string;
  readonly unitName: string;
  readonly code: string;
  readonly title: string;
  readonly dueOn: LocalDate;
  readonly originalDueOn: LocalDate;
  readonly percent: number;
  /** 已逾期几个工作日 */
  readonly lateDays: number;
  /** 此前的提醒和催办，一次一句 */
  readonly lines: readonly string[];
  readonly on: LocalDate;
}

/** 催办通知成文 — of the second chase, one matter one sheet; without a number, which only orders have (domain B5). */
export function urgeNoticeDocument(facts: UrgeNoticeFacts): OfficialDocument {
  const { districtName, unitName, code, title, dueOn, originalDueOn, percent, lateDays, lines, on } = facts;
  const original = dueOn === originalDueOn ? '' : `（原定${writtenDate(originalDueOn)}）`;
  const paragraph = (text: string) => ({ kind: 'paragraph' as const, text });
  return {
    title: `催办通知 ${code}`,
    header: { left: '内部资料　妥善保管', right: '不编文号' },
    sections: [
      {
        landscape: false,
        blocks: [
          { kind: 'title', lines: ['催办通知'] },
          { kind: 'subtitle', text: '（二次催办）' },
          { kind: 'recipient', text: `${unitName}：` },
          paragraph(
            `你单位牵头的${code}“${title}”，时限为${writtenDateWithWeekday(dueOn)}${original}，已逾期${lateDays}个工作日，台账进度${percent}%。此前提醒和催办如下：`,
          ),
          ...lines.map(paragraph),
          paragraph(
            '请立即研究，书面回复未按时完成的原因、下一步的措施和完成日期，经采纳后停止催办；只回“收到”不停表。仍不回复、不落实的，将拟发督办令。',
          ),
          { kind: 'signature', office: `${districtName}督查室`, date: writtenDate(on) },
        ],
      },
    ],
  };
}
