import { z } from 'zod';
import type { Mentions } from './mentions.ts';
import { parseShape } from './shapes.ts';

const pieceShape = z.object({ tag: z.string(), text: z.string().nullish(), user_id: z.string().nullish(), emoji_type: z.string().nullish() });
const postShape = z.object({ title: z.string().nullish(), content: z.array(z.array(pieceShape)).nullish() });

/** 富文本压成文字 — title and paragraphs, one line each; pictures and rules leave nothing. @throws MalformedEvent */
export function flattenPost(content: unknown, mentions: Mentions): string {
  const { title, content: paragraphs } = parseShape(postShape, content, 'post content');
  const lines = (paragraphs ?? []).map((pieces) => pieces.map((piece) => wordsOf(piece, mentions)).join(''));
  return [title ?? '', ...lines].filter((line) => line.trim() !== '').join('\n');
}

function wordsOf({ tag, text, user_id: key, emoji_type: emoji }: z.output<typeof pieceShape>, mentions: Mentions): string {
  switch (tag) {
    case 'text':
    case 'a':
    case 'md':
    case 'code_block':
      return text ?? '';
    case 'at':
      return key === 'all' ? mentions.nameOf('@_all') : mentions.nameOf(key ?? '');
    case 'emotion':
      return emoji ? `[${emoji}]` : '';
    default:
      return '';
  }
}
