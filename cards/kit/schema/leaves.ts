import { isColor, isOldColor } from './colors.ts';

export type LeafKind =
  | 'string'
  | 'bool'
  | 'int'
  | 'number'
  | 'const'
  | 'enum'
  | 'object'
  | 'any'
  | 'px'
  | 'box'
  | 'space'
  | 'radius'
  | 'color'
  | 'element_id'
  | 'format'
  | 'img_size'
  | 'table_width';

/** 值的限定 — the part of a Spec that a single value is judged by. */
interface LeafSpec {
  readonly v?: unknown;
  readonly min?: number;
  readonly max?: number | null;
  readonly words?: readonly string[];
}

/** 毛病 — what is wrong with one value, in the platform's manner. */
export interface Flaw {
  readonly detail: string;
  readonly code?: number;
  readonly onlyWarn?: boolean;
}

interface LeafInput {
  readonly property: string;
  readonly value: unknown;
  readonly spec: LeafSpec;
  readonly customColors: ReadonlySet<string>;
}
type Judge = (input: LeafInput) => Flaw | null;

/** 判值 — null when the value fits its grammar. */
export function judgeLeaf(kind: LeafKind, input: LeafInput): Flaw | null {
  return judges[kind](input);
}

/** 是不是值类 */
export function isLeafKind(kind: string): kind is LeafKind {
  return Object.hasOwn(judges, kind);
}

/** 值的写法 — as the platform prints what it got (Go's `%v`). */
export function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return value === null ? '<nil>' : String(value);
  return `map[${Object.entries(value)
    .map(([key, inner]) => `${key}:${printed(inner)}`)
    .join(' ')}]`;
}

const expected =
  (type: string, fits: (value: unknown) => boolean): Judge =>
  ({ property, value }) =>
    fits(value) ? null : { detail: `expected ${type} for ${property}, but: ${printed(value)}` };

const outOfRange = (value: number, { min, max }: LeafSpec): boolean => (min != null && value < min) || (max != null && value > max);
const invalid = ({ property, value }: LeafInput): Flaw => ({ detail: `invalid value of ${property}: ${printed(value)}` });

const inRange =
  (type: string, fits: (value: unknown) => value is number): Judge =>
  (input) => {
    if (!fits(input.value)) return expected(type, fits)(input);
    return outOfRange(input.value, input.spec) ? invalid(input) : null;
  };

/** 文字值：先是字符串，再合文法；空字符串是旧样例的残留，只告警。 */
const wording =
  (fits: (text: string, spec: LeafSpec) => boolean): Judge =>
  (input) => {
    if (typeof input.value !== 'string') return expected('string', () => false)(input);
    if (input.value === '') return { ...invalid(input), onlyWarn: true };
    return fits(input.value, input.spec) ? null : invalid(input);
  };

const pixels = (text: string, spec: LeafSpec): boolean => /^-?\d+px$/.test(text) && !outOfRange(Number.parseInt(text, 10), spec);
const isInteger = (value: unknown): value is number => Number.isInteger(value);
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const formats: Readonly<Record<string, RegExp>> = {
  'yyyy-MM-dd': /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  'HH:mm': /^([01]\d|2[0-3]):[0-5]\d$/,
  'yyyy-MM-dd HH:mm': /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d$/,
};

const judges: Readonly<Record<LeafKind, Judge>> = {
  string: expected('string', (value) => typeof value === 'string'),
  bool: expected('bool', (value) => typeof value === 'boolean'),
  int: inRange('int', isInteger),
  number: inRange('number', isNumber),
  object: expected('map', isObject),
  any: () => null,
  const: (input) => (input.value === input.spec.v ? null : invalid(input)),
  enum: (input) => (Array.isArray(input.spec.v) && input.spec.v.includes(input.value) ? null : invalid(input)),
  px: wording((text, spec) => (spec.words ?? []).includes(text) || pixels(text, spec)),
  box: wording((text, spec) => {
    const sides = text.split(' ');
    return [1, 2, 4].includes(sides.length) && sides.every((side) => side === '0' || pixels(side, spec));
  }),
  space: wording((text) => ['small', 'medium', 'large', 'extra_large'].includes(text) || pixels(text, { min: 0, max: 99 })),
  radius: wording((text) => pixels(text, { min: 0 }) || /^(\d{1,2}|100)%$/.test(text)),
  element_id: (input) =>
    typeof input.value === 'string' && /^[A-Za-z][A-Za-z0-9_]{0,19}$/.test(input.value)
      ? null
      : { detail: `invalid element_id: ${printed(input.value)}`, code: 300301 },
  format: wording((text, { v }) => typeof v === 'string' && formats[v]?.test(text) === true),
  img_size: wording(
    (text) =>
      ['stretch', 'large', 'medium', 'small', 'tiny'].includes(text) ||
      (/^\S+ \S+$/.test(text) && text.split(' ').every((side) => pixels(side, { min: 1, max: 1000 }))),
  ),
  table_width: wording((text) => text === 'auto' || pixels(text, { min: 80, max: 600 }) || /^([1-9]\d?|100)%$/.test(text)),
  color: (input) => {
    const { value, spec, customColors } = input;
    if (typeof value !== 'string') return expected('string', () => false)(input);
    if (isColor(value) || customColors.has(value) || (spec.words ?? []).includes(value)) return null;
    return { detail: `invalid color: ${value}`, onlyWarn: isOldColor(value) };
  },
};
