import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log } from '../log.ts';

/** 转 PDF — with the office's LibreOffice where there is one; a paper that can't be converted still goes out as .docx. */
export interface PdfMaker {
  /** null: there is no LibreOffice, or it did not manage */
  make(docx: Uint8Array): Promise<Uint8Array | null>;
}

const timeoutMs = 90_000;
/** 虚存，KB：坏文件吃不光机器 */
const memoryKb = 4 * 1024 * 1024;
/**
 * 用过的内存留着 — 不一还一借：它画版面反复要几兆的大块，每次都向内核要新的，在虚拟机上一份文件六秒的处理器时间里有四秒是缺页
 * （glibc 的 mallopt(3)；别的系统上不起作用）。多占四十兆，办完就退。
 */
export const keepMemory = { MALLOC_MMAP_THRESHOLD_: '1000000000', MALLOC_TRIM_THRESHOLD_: '1000000000', MALLOC_TOP_PAD_: '67108864' };
const usualPlaces = ['/usr/bin/soffice', '/usr/bin/libreoffice', '/usr/local/bin/soffice', '/Applications/LibreOffice.app/Contents/MacOS/soffice'];

/** 找 LibreOffice @param configured a path; `none`: do without; undefined: look in the usual places */
export function findSoffice(configured: string | undefined): string | undefined {
  if (configured === 'none') return undefined;
  return configured ?? usualPlaces.find((path) => existsSync(path));
}

/** 建转 PDF — one at a time: each needs a good second of a processor and 200 MB. */
export function createPdfMaker({ soffice, log }: { soffice: string | undefined; log: Log }): PdfMaker {
  let last: Promise<unknown> = Promise.resolve();
  return {
    make(docx) {
      if (soffice === undefined) return Promise.resolve(null);
      const made = last
        .then(() => convert(soffice, docx))
        .catch((error: unknown) => {
          log.warn({ err: error }, 'pdf: not made, the paper goes out as .docx only');
          return null;
        });
      last = made;
      return made;
    },
  };
}

async function convert(soffice: string, docx: Uint8Array): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'shuling-pdf-'));
  try {
    const source = join(folder, 'paper.docx');
    const out = join(folder, 'out');
    await mkdir(out);
    await writeFile(source, docx);
    // 每次一个自己的用户目录：桌面上开着的 LibreOffice 不会接了去，上一次留下的锁也碍不着。
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`;
    const options = ['--headless', '--norestore', '--nolockcheck', '--nodefault', '--convert-to', 'pdf', '--outdir', out, source];
    await runLimited(soffice, [profile, ...options], folder);
    return await readFile(join(out, 'paper.pdf'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runLimited(program: string, options: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', `ulimit -v ${memoryKb} 2>/dev/null; exec "$0" "$@"`, program, ...options], {
      cwd: folder,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8', ...keepMemory },
      stdio: 'ignore',
      // 自己的进程组：超时连同它的子进程一起结束。
      detached: true,
    });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve();
      else reject(new Error(timedOut ? `soffice took longer than ${timeoutMs / 1000} s` : `soffice ended with ${code ?? signal}`));
    });
  });
}
