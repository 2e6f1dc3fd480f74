import type { Unit, UnitMatch } from '../roster/model.ts';
import { foldName } from '../roster/model.ts';

/** 一格里写的单位 */
export interface UnitCell {
  readonly named: readonly { readonly unit: Unit; readonly part: 'lead' | 'supporting' | null }[];
  readonly unknown: readonly { readonly name: string; readonly suggestion: Unit | null }[];
  /** 各有关单位: nobody knows which */
  readonly vague: readonly string[];
  /** how many names stand there, when there are too many to look up */
  readonly tooMany: number | null;
  /** 各办事处 → 东湾、葵岭、南屿 */
  readonly assumptions: readonly string[];
}

/** 读单位格要用的 */
export interface UnitBook {
  readonly units: readonly Unit[];
  readonly find: (text: string) => UnitMatch;
}

/** 一格最多认这么多个单位。 */
export const unitsInCellMax = 50;

const separators = /[、,，;；|]/;
/** 只在整段不是一个单位时才拆：单位名称里可以有“和”，也可以被换行折断。 */
const weakSeparators = /[\s/]+|会同|联合|和|及|与/;
const label = /(牵头|主办|主责|责任|配合|协办|协同)(?:单位|部门)?[:：]/;
const mark = /[(（](牵头|主办|主责|配合|协办|协同)(?:单位|部门)?[)）]$/;
const everyone = /^(?:各|全体|全部|所有)(?:责任)?单位$/;
const anyone = /(?:有关|相关)(?:责任)?(?:单位|部门)|^各部门$|^其他单位$/;

/** 读单位格 — full and short names, aliases, several in a cell, “住建局（牵头）、城管局”, “各办事处”. */
export function readUnitCell(text: string, book: UnitBook): UnitCell {
  const outcome: {
    named: { unit: Unit; part: 'lead' | 'supporting' | null }[];
    unknown: { name: string; suggestion: Unit | null }[];
    vague: string[];
    tooMany: number | null;
    assumptions: string[];
  } = { named: [], unknown: [], vague: [], tooMany: null, assumptions: [] };
  const whole = book.find(text);
  if (whole.kind === 'exact') return { ...outcome, named: [{ unit: whole.unit, part: null }] };
  const parts = partsOf(text);
  if (parts.length > unitsInCellMax) return { ...outcome, tooMany: parts.length };
  for (const { name, part } of parts) {
    for (const read of resolve(name, book)) {
      if (read.kind === 'unit') outcome.named.push({ unit: read.unit, part });
      else if (read.kind === 'group') {
        outcome.named.push(...read.units.map((unit) => ({ unit, part })));
        outcome.assumptions.push(
          `${name} → ${read.units.length > 8 ? `全部${read.units.length}家` : read.units.map(({ shortName }) => shortName).join('、')}`,
        );
      } else if (read.kind === 'vague') outcome.vague.push(name);
      else outcome.unknown.push({ name, suggestion: read.suggestion });
    }
  }
  return outcome;
}

type Part = 'lead' | 'supporting' | null;

const partOf = (word: string): Part => (/配合|协/.test(word) ? 'supporting' : word === '责任' ? null : 'lead');

function partsOf(text: string): { name: string; part: Part }[] {
  const found: { name: string; part: Part }[] = [];
  let part: Part = null;
  // 拆出来的单数项是标签里的字：“牵头单位：甲；配合单位：乙、丙”。
  for (const [index, piece] of text.split(label).entries()) {
    if (index % 2 === 1) {
      part = partOf(piece);
      continue;
    }
    for (const name of piece.split(separators)) {
      const trimmed = name.trim().replace(/[。.]+$/, '');
      const marked = mark.exec(trimmed);
      const bare = marked ? trimmed.slice(0, marked.index).trim() : trimmed;
      if (bare !== '') found.push({ name: bare, part: marked ? partOf(marked[1] ?? '') : part });
    }
  }
  return found;
}

type Read =
  | { readonly kind: 'unit'; readonly unit: Unit }
  | { readonly kind: 'group'; readonly units: readonly Unit[] }
  | { readonly kind: 'vague' }
  | { readonly kind: 'unknown'; readonly suggestion: Unit | null };

function resolve(name: string, { units, find }: UnitBook): readonly Read[] {
  const match = find(name);
  if (match.kind === 'exact') return [{ kind: 'unit', unit: match.unit }];
  const folded = name.length > 200 ? '' : foldName(name);
  if (everyone.test(folded)) return [{ kind: 'group', units }];
  if (anyone.test(folded)) return [{ kind: 'vague' }];
  const group = folded.startsWith('各') ? units.filter(({ kind }) => foldName(kind) === folded.slice(1)) : [];
  if (group.length > 0) return [{ kind: 'group', units: group }];
  const pieces = name.length > 200 ? [] : name.split(weakSeparators).filter(Boolean);
  const matches = pieces.map(find);
  const all = matches.flatMap((piece): Read[] => (piece.kind === 'exact' ? [{ kind: 'unit', unit: piece.unit }] : []));
  return pieces.length > 1 && all.length === pieces.length ? all : [{ kind: 'unknown', suggestion: match.suggestion }];
}
