import type { LocalDate } from '#core/dates';
import type { OfficialDocument } from '#core/document';
import { writtenDate } from './words.ts';

/** 约谈建议单、通报稿成文 — a draft without a number, for the chief to take further. */
export function proposalDocument(paper: {
  readonly districtName: string;
  readonly kind: 'interview' | 'publicNotice';
  readonly heading: string;
  readonly lines: readonly string[];
  readonly note: string | null;
  readonly on: LocalDate;
}): OfficialDocument {
  const { districtName, kind, heading, lines, note, on } = paper;
  const name = kind === 'interview' ? '约谈建议单' : '关于督办令办理情况的通报';
  const close = kind === 'interview' ? '建议约谈该单位主要负责人，请审定。' : '请有关单位对照整改，尽快回复。';
  return {
    title: name,
    header: { left: '内部资料　妥善保管', right: '草稿' },
    sections: [
      {
        landscape: false,
        blocks: [
          { kind: 'title', lines: [name] },
          { kind: 'subtitle', text: '（草稿，未编号）' },
          { kind: 'paragraph', text: `${heading}。有关情况如下：` },
          ...lines.map((text) => ({ kind: 'paragraph' as const, text })),
          ...(note === null ? [] : [{ kind: 'paragraph' as const, text: `意见：${note}` }]),
          { kind: 'paragraph', text: close },
          { kind: 'signature', office: `${districtName}督查室`, date: writtenDate(on) },
        ],
      },
    ],
  };
}
