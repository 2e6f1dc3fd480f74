import { expect, test } from 'vitest';
import { parseStorable, storableText } from '#core/storable-text';
import { fc } from '../fast-check.ts';

/** 容易认错的字 — escapes, backslashes before them, halves of pairs. */
const piece = fc.oneof(
  fc.constantFrom('\0', '\\', '\\u0000', 'u0000', '"', '\ud83d', '\ude00', '😀', '\n', '督办', '\\\\', 'd800', '\\ud800'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** 全部转义的写法 — every character as \uXXXX, which JSON allows and `JSON.stringify` never writes. */
function escaped(value: string): string {
  return `"${[...Array(value.length).keys()].map((index) => `\\u${value.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`;
}

test('读进来的每一段文字，值也好键也好，都存得下；存得下的一字不改', () => {
  fc.assert(
    fc.property(text, text, (key, value) => {
      const expected = { [storableText(key)]: [storableText(value)] };
      expect(parseStorable(JSON.stringify({ [key]: [value] }))).toEqual(expected);
      expect(parseStorable(escaped(value))).toBe(storableText(value));
      expect(storableText(value)).not.toContain('\0');
      expect(storableText(value).isWellFormed()).toBe(true);
      if (value.isWellFormed() && !value.includes('\0')) expect(storableText(value)).toBe(value);
    }),
    {
      numRuns: 1_000,
      examples: [
        ['', '\ud83d\0\ude00'],
        ['\ud83d', '\\\ud83d\ude00'],
      ],
    },
  );
});

test('不成 JSON 的照样不成', () => {
  for (const json of ['{', '"\\u00"', '"\\ud8"', 'NaN', '']) expect(() => parseStorable(json)).toThrow(SyntaxError);
});
