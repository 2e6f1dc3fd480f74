import { InvalidError } from '#core/errors';

/** 评语最多几个字 */
export const commentMax = 100;

/** 排不出来的字：控制符、看不见的、改变方向的、半个字 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** 读评语 — one line, as it will be shown; null: nothing was written. @throws InvalidError too long */
export function commentText(typed: string | undefined): string | null {
  const text = (typed ?? '').replace(unprintable, ' ').replace(/\s+/g, ' ').trim();
  if (text === '') return null;
  const length = [...text].length;
  if (length > commentMax) throw new InvalidError(`评语有${length}字，最多${commentMax}字，请精简后再送`);
  return text;
}
