/** ms per unit, by the number of digits: seconds, milliseconds, microseconds */
const millisecondsPer: Readonly<Record<number, number>> = { 10: 1000, 13: 1, 16: 0.001 };

/**
 * 平台的时间 — the platform writes seconds, milliseconds or microseconds as a string, by the page one looks at (contract 1.3).
 * @returns milliseconds since 1970; null when it is no time
 */
export function readTimestamp(text: string): number | null {
  const unit = millisecondsPer[text.length];
  return unit === undefined || !/^[1-9]\d*$/.test(text) ? null : Math.floor(Number(text) * unit);
}
