import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const soffice = [process.env.SOFFICE_PATH, '/usr/bin/soffice', '/usr/bin/libreoffice'].find((path) => path !== undefined && existsSync(path));
const pdftotext = ['/usr/bin/pdftotext', '/usr/local/bin/pdftotext'].find((path) => existsSync(path));

/** 有没有第二个读者 — LibreOffice and pdftotext; where they are missing its tests are skipped with a line that says how to get them. */
export function haveOffice(): boolean {
  if (soffice !== undefined && pdftotext !== undefined) return true;
  const how =
    '没有找到 LibreOffice 或 pdftotext，用它们复读文件的测试已跳过。安装：apt-get install -y libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils';
  if (process.env.CI) throw new Error(how);
  process.stderr.write(`${how}\n`);
  return false;
}

/**
 * 请 LibreOffice 另存 — each call with a profile of its own, so that test files can run side by side.
 * @param to `pdf`, `fods` …
 */
export async function convert(name: string, bytes: Uint8Array, to: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-office-'));
  try {
    const source = join(folder, name);
    writeFileSync(source, bytes);
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`;
    await execute(soffice ?? '', [profile, '--headless', '--convert-to', to, '--outdir', folder, source], { timeout: 120_000 });
    return readFileSync(join(folder, `${basename(name, extname(name))}.${to}`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** PDF 的一页 — size and words with their places, in mm from the top left corner. */
export interface PdfPage {
  readonly width: number;
  readonly height: number;
  readonly words: readonly { readonly text: string; readonly left: number; readonly top: number; readonly right: number; readonly bottom: number }[];
}

const mmPerPoint = 25.4 / 72;

/** 读 PDF 的版面 */
export async function layoutOf(pdf: Uint8Array): Promise<PdfPage[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-pdf-'));
  try {
    const path = join(folder, 'page.pdf');
    writeFileSync(path, pdf);
    const { stdout } = await execute(pdftotext ?? '', ['-bbox', path, '-'], { maxBuffer: 64 * 1024 * 1024 });
    return stdout.split('<page ').slice(1).map(pageOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pageOf(text: string): PdfPage {
  const number = (source: string, name: string): number => Number(new RegExp(`${name}="([\\d.]+)"`).exec(source)?.[1]) * mmPerPoint;
  return {
    width: number(text, 'width'),
    height: number(text, 'height'),
    words: [...text.matchAll(/<word ([^>]*)>([^<]*)<\/word>/g)].map(([, place = '', word = '']) => ({
      text: word,
      left: number(place, 'xMin'),
      top: number(place, 'yMin'),
      right: number(place, 'xMax'),
      bottom: number(place, 'yMax'),
    })),
  };
}
