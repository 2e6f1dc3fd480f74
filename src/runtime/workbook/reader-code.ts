import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const reader = new URL('./read-process.mjs', import.meta.url);
const annotator = new URL('./annotate/annotate-workbook.ts', import.meta.url);
const made = new Map<string, Promise<string>>();

/**
 * 读表进程的代码 — one script of everything it needs, made once per program: a process that had to look for two hundred modules and
 * to compile them itself would take a second to start, with every file.
 */
export async function readerCode(): Promise<Uint8Array> {
  return Buffer.from(await once(reader.href, `import ${quoted(reader)};`));
}

/** 核对的代码 — a feature's examiner and the annotator, as a script that the reading process runs. */
export function examinerCode(module: URL): Promise<string> {
  return once(module.href, `export { examine } from ${quoted(module)};\nexport { annotateWorkbook } from ${quoted(annotator)};`);
}

const quoted = (module: URL): string => JSON.stringify(fileURLToPath(module));

function once(key: string, contents: string): Promise<string> {
  const former = made.get(key);
  if (former !== undefined) return former;
  const making = bundle(contents).catch((error: unknown) => {
    // 一次没有做成，不能从此都做不成。
    made.delete(key);
    throw error;
  });
  made.set(key, making);
  return making;
}

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [script] = outputFiles;
  if (!script) throw new Error('esbuild gave no script');
  return script.text;
}
