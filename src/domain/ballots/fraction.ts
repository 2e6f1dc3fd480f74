import { invariant } from '#core/assert';

/** 分数 — an exact rational number in lowest terms; the denominator is positive. Scores are compared as fractions, never as decimals. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** 成分数 */
export function fraction(numerator: bigint | number, denominator: bigint | number = 1n): Fraction {
  const [above, below] = [BigInt(numerator), BigInt(denominator)];
  invariant(below !== 0n, 'a fraction has a denominator');
  const sign = below < 0n ? -1n : 1n;
  const shared = commonDivisor(above < 0n ? -above : above, below * sign) || 1n;
  return { numerator: (above * sign) / shared, denominator: (below * sign) / shared };
}

/** 零 */
export const zero: Fraction = fraction(0n);

/** 相加 */
export function sum(list: readonly Fraction[]): Fraction {
  return list.reduce(
    (total, { numerator, denominator }) => fraction(total.numerator * denominator + numerator * total.denominator, total.denominator * denominator),
    zero,
  );
}

/** 相乘 */
export function times(left: Fraction, right: Fraction): Fraction {
  return fraction(left.numerator * right.numerator, left.denominator * right.denominator);
}

/** 相除 */
export function over(left: Fraction, right: Fraction): Fraction {
  return fraction(left.numerator * right.denominator, left.denominator * right.numerator);
}

/** 比大小 — negative: left is smaller; 0: exactly equal */
export function compare(left: Fraction, right: Fraction): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** 显示两位小数 — half up, for the eye only. @param percent true: 0.6829… → `68.29` */
export function twoDecimals(value: Fraction, percent = false): string {
  const scaled = value.numerator * (percent ? 10_000n : 100n);
  const doubled = 2n * (scaled < 0n ? -scaled : scaled) + value.denominator;
  const hundredths = doubled / (2n * value.denominator);
  const sign = scaled < 0n && hundredths > 0n ? '-' : '';
  return `${sign}${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`;
}

/** 读小数 — `12.5` exactly; null: not a number of that form. */
export function readDecimal(text: string): Fraction | null {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.normalize('NFKC').trim());
  if (!match) return null;
  const [, whole = '', decimals = ''] = match;
  return fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

function commonDivisor(left: bigint, right: bigint): bigint {
  let [one, other] = [left, right];
  while (other !== 0n) [one, other] = [other, one % other];
  return one;
}
