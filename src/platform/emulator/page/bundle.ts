import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface Bundle {
  readonly js: string;
  readonly css: string;
}

let built: Promise<Bundle> | undefined;

/** 打包页面 — once per process, from our own sources and node_modules; no network. */
export function buildPage(): Promise<Bundle> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<Bundle> {
  const here = dirname(fileURLToPath(import.meta.url));
  const { outputFiles } = await build({
    entryPoints: { page: join(here, 'client/main.tsx'), style: join(here, 'client/styles/index.css') },
    outdir: '/assets',
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const textOf = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { js: textOf('page.js'), css: textOf('style.css') };
}
