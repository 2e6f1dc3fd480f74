import { unzipSync, zipSync } from 'fflate';
import { appendInside, attributes, escapeXml, findElement, NotEditable, readAttribute } from './xml.ts';

/** 关系 — from one part of the package to another. */
interface Relation {
  readonly id: string;
  /** the last word of the type: worksheet, comments, vmlDrawing … */
  readonly type: string;
  /** name of the part it leads to */
  readonly target: string;
}

/** 包 — the parts of an .xlsx by name; what is not changed is packed again as it was. */
export interface Package {
  names(): readonly string[];
  has(name: string): boolean;
  text(name: string): string;
  write(name: string, text: string): void;
  relationsOf(part: string): Relation[];
  /** Adds a relation and gives its id. */
  relate(part: string, type: string, target: string): string;
  /** Says in [Content_Types].xml what a part is. */
  declare(kind: { part: string; contentType: string } | { extension: string; contentType: string }): void;
  bytes(): Uint8Array;
}

const typesName = '[Content_Types].xml';
const relationsNamespace = 'http://schemas.openxmlformats.org/package/2006/relationships';
/** 关系类型的开头 */
export const officeRelations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** 拆包 @throws NotEditable when a part that is asked for is missing or not UTF-8 */
export function openPackage(bytes: Uint8Array): Package {
  const parts = unzipSync(bytes);
  const text = (name: string): string => {
    const part = parts[name];
    if (!part) throw new NotEditable(`no part ${name}`);
    try {
      return decoder.decode(part);
    } catch {
      throw new NotEditable(`${name} is not UTF-8`);
    }
  };
  const write = (name: string, content: string): void => {
    parts[name] = encoder.encode(content);
  };
  return {
    names: () => Object.keys(parts),
    has: (name) => parts[name] !== undefined,
    text,
    write,
    relationsOf: (part) => (parts[relationsName(part)] ? readRelations(text(relationsName(part)), part) : []),
    relate(part, type, target) {
      const name = relationsName(part);
      const xml = parts[name]
        ? text(name)
        : `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="${relationsNamespace}"/>`;
      const used = new Set(readRelations(xml, part).map(({ id }) => id));
      let nth = 1;
      while (used.has(`rIdCheck${nth}`)) nth += 1;
      const root = findElement(xml, 'Relationships');
      if (!root) throw new NotEditable(`no relationships in ${name}`);
      const added = `<${root.prefix}Relationship Id="rIdCheck${nth}" Type="${officeRelations}/${type}" Target="${escapeXml(relative(part, target))}"/>`;
      write(name, appendInside(xml, root, 'Relationships', { added }));
      return `rIdCheck${nth}`;
    },
    declare(kind) {
      const xml = text(typesName);
      const root = findElement(xml, 'Types');
      if (!root) throw new NotEditable('no content types');
      if ('extension' in kind) {
        const known = new RegExp(`Extension\\s*=\\s*["']${kind.extension}["']`, 'i').test(root.inner);
        if (known) return;
        // 缺省类型要排在单个部件的前面。
        const added = `<${root.prefix}Default Extension="${kind.extension}" ContentType="${kind.contentType}"/>`;
        write(
          typesName,
          xml.replace(root.open, () => root.open + added),
        );
        return;
      }
      const added = `<${root.prefix}Override PartName="/${escapeXml(kind.part)}" ContentType="${kind.contentType}"/>`;
      write(typesName, appendInside(xml, root, 'Types', { added }));
    },
    bytes: () => zipSync(parts, { level: 6, mtime: '2000-01-01T00:00:00' }),
  };
}

function readRelations(xml: string, part: string): Relation[] {
  const tags = xml.match(new RegExp(`<(?:\\w+:)?Relationship${attributes}/?>`, 'g')) ?? [];
  return tags.flatMap((tag): Relation[] => {
    const [id, type, target] = [readAttribute(tag, 'Id'), readAttribute(tag, 'Type'), readAttribute(tag, 'Target')];
    if (id === undefined || type === undefined || target === undefined || readAttribute(tag, 'TargetMode') === 'External') return [];
    return [{ id, type: type.slice(type.lastIndexOf('/') + 1), target: resolve(part, target) }];
  });
}

function relationsName(part: string): string {
  const at = part.lastIndexOf('/') + 1;
  return `${part.slice(0, at)}_rels/${part.slice(at)}.rels`;
}

/** 写成相对的：`../comments1.xml`，Excel 也这样写，有的读者只认这一种。 */
function relative(part: string, target: string): string {
  const from = part.split('/').slice(0, -1);
  const to = target.split('/');
  let shared = 0;
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}

/** 目标相对于部件所在的文件夹，以 / 开头的从包的根算起。 */
function resolve(part: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1);
  const folders = part.split('/').slice(0, -1);
  for (const step of target.split('/')) {
    if (step === '..') folders.pop();
    else if (step !== '.') folders.push(step);
  }
  return folders.join('/');
}
