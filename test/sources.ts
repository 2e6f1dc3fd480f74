import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** 一个源文件 */
export interface Source {
  /** from the root of the project, `src/core/clock.ts` */
  readonly path: string;
  /** without comments: a rule is broken by code, not by words about it */
  readonly code: string;
}

/** 全部源文件 — of src and cards, as they stand on disk. */
export function readSources(): readonly Source[] {
  return ['src', 'cards'].flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|tsx|mjs)$/.test(name) && !name.endsWith('.d.ts'))
      .map((name) => `${folder}/${name}`)
      .sort()
      .map((path) => ({ path, code: withoutComments(path, readFileSync(`${root}/${path}`, 'utf8')) })),
  );
}

function withoutComments(path: string, text: string): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, path.endsWith('x') ? ts.ScriptKind.TSX : undefined);
  const spans = new Map<number, number>();
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of [...(ts.getLeadingCommentRanges(text, node.pos) ?? []), ...(ts.getTrailingCommentRanges(text, node.end) ?? [])])
      spans.set(pos, end);
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  return [...spans].sort(([a], [b]) => b - a).reduce((code, [from, to]) => code.slice(0, from) + code.slice(to), text);
}

/** 出现在哪些文件 */
export function filesWith(sources: readonly Source[], pattern: RegExp): readonly string[] {
  return sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);
}

/** 谁引用它 @param target path from the root, without extension */
export function importersOf(sources: readonly Source[], target: string): readonly string[] {
  const alias = target.replace(/^src\/(\w[\w-]*)\//, '#$1/').replace(/^cards\//, '#cards/');
  return sources
    .filter(({ path, code }) =>
      [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].some(([, name = '']) =>
        name.startsWith('.')
          ? new URL(name, `file:///${path}`).pathname.replace(/^\/|\.tsx?$/g, '') === target
          : name === alias || name === `#src/${target.slice(4)}`,
      ),
    )
    .map(({ path }) => path);
}
