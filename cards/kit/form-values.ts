import { z } from 'zod';

const percentMessage = '完成百分比请填0到100的整数';

/** 完成百分比 — a whole number from 0 to 100, as people type it: full-width digits, blanks and a % sign are fine. */
export const percentValue = z
  .string(percentMessage)
  .transform((text) => text.normalize('NFKC').replace(/[\s%]/g, ''))
  .pipe(z.string().regex(/^(100|\d{1,2})$/, percentMessage))
  .transform(Number);
