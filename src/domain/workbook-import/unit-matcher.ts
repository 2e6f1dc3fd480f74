import { foldName, type Unit, type UnitMatch, unitNameIndex } from '../roster/model.ts';

/** 比这还长的不会是单位名称（字），不必去认。 */
const nameLengthMax = 60;
/** 认不出的写法，头这么多种各找一次相近的；再多就不是笔误，是拿错了表或名册。 */
const suggestionsMax = 200;

/**
 * 认单位 — as the roster's index does, but with bounded work: each way of writing is looked up once, and looking for a similar name,
 * which compares with every unit, happens for a limited number of them.
 */
export function createUnitMatcher(units: readonly Unit[]): (text: string) => UnitMatch {
  const find = unitNameIndex(units);
  const known = new Set(units.flatMap(({ code, name, shortName, aliases }) => [code, name, shortName, ...aliases]).map(foldName));
  const unknown = new Map<string, UnitMatch>();
  return (text) => {
    const folded = text.length > nameLengthMax ? '' : foldName(text);
    if (known.has(folded)) return find(text);
    if (folded === '') return { kind: 'unknown', suggestion: null };
    const former = unknown.get(folded);
    if (former) return former;
    const match: UnitMatch = unknown.size < suggestionsMax ? find(text) : { kind: 'unknown', suggestion: null };
    if (unknown.size < suggestionsMax) unknown.set(folded, match);
    return match;
  };
}
