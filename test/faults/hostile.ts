import { features } from '#features/index';
import { fc } from '../fast-check.ts';
import type { Press } from './press.ts';

/** 登记处的每个动作 */
export const actions = features.flatMap((feature) => feature.actions ?? []).map(({ action }) => action);

const hostileTexts = [
  '',
  ' ',
  '0',
  '-1',
  '1e309',
  'NaN',
  '９９',
  '101',
  '2026-02-30',
  '9999-12-31',
  '0000-00-00',
  '__proto__',
  'constructor',
  'null',
  '\'; DROP TABLE "WorkItem"; --',
  '<at id=all></at>',
  '[点我](https://x)',
  "=cmd|'/C calc'!A0",
  '\u0000',
  '\ud800',
  '\u202e反',
  '𠮷👨‍👩‍👧',
  '%00%0a',
  '../../etc/passwd',
  '一'.repeat(5_000),
  '<at id=all></at>'.repeat(500),
];
const hostileText = fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ maxLength: 60 }), fc.uuid());
const leaf = fc.oneof(hostileText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null));
/** 任意的值 — what no honest client sends: arrays for scalars, objects for texts, deep nests. */
const hostileValue = fc.oneof(
  { weight: 4, arbitrary: leaf },
  fc.array(leaf, { maxLength: 30 }),
  fc.dictionary(hostileText, leaf, { maxKeys: 5 }),
  fc.constant([[[[['x']]]]]),
);

/** 形状里的键 — those that the action itself knows, and some that nobody knows. */
function keysOf(shape: unknown): string[] {
  const { shape: fields } = shape as { shape?: Record<string, unknown> };
  return Object.keys(fields ?? {});
}

function recordOf(keys: readonly string[], known: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  const named = fc.record(
    Object.fromEntries(keys.map((key) => [key, fc.oneof({ weight: 3, arbitrary: known }, { weight: 2, arbitrary: hostileValue })])),
    { requiredKeys: [] },
  );
  const strange = fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'toString', 'percent', 'x', '内容', ''), hostileValue, { maxKeys: 3 });
  return fc.tuple(named, strange).map(([own, other]) => ({ ...other, ...own }));
}

/** 恶意的一次按下 — any action of the registry, with ids that exist and with rubbish. @param ids ids of real things, that a button might carry */
export function hostilePress(people: readonly string[], ids: readonly string[]): fc.Arbitrary<Press> {
  const known = fc.oneof(fc.constantFrom(...ids), fc.integer({ min: -2, max: 12 }), hostileText);
  return fc.constantFrom(...actions).chain((action) =>
    fc.record({
      openId: fc.constantFrom(...people),
      action: fc.constant(action.name),
      payload: recordOf(keysOf(action.payload), known),
      form: recordOf(keysOf(action.form), known),
    }),
  );
}
