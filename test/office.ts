import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { keepMemory } from '#runtime/documents/pdf';

const execute = promisify(execFile);
const soffice = [process.env.SOFFICE_PATH, '/usr/bin/soffice', '/usr/bin/libreoffice'].find((path) => path !== undefined && existsSync(path));
const pdftoppm = ['/usr/bin/pdftoppm', '/usr/local/bin/pdftoppm'].find((path) => existsSync(path));
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

/** 请 LibreOffice 另存一份 @param to `pdf`, `fods` … */
export async function convert(name: string, bytes: Uint8Array, to: string): Promise<Buffer> {
  const [converted] = await convertAll([{ name, bytes }], to);
  return converted as Buffer;
}

/**
 * 请 LibreOffice 另存几份 — in one run, because to start it costs more than to convert; each call with a profile of its own, so that test
 * files can run side by side. @param to `pdf`, `fods` …
 */
export async function convertAll(files: readonly { readonly name: string; readonly bytes: Uint8Array }[], to: string): Promise<Buffer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-office-'));
  try {
    for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, 'profile')).href}`;
    const sources = files.map(({ name }) => join(folder, name));
    await execute(soffice ?? '', [profile, '--headless', '--convert-to', to, '--outdir', folder, ...sources], {
      timeout: 120_000,
      env: { ...process.env, ...keepMemory },
    });
    return files.map(({ name }) => readFileSync(join(folder, `${basename(name, extname(name))}.${to}`)));
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

/** 一页的图 — RGB, row by row; so many pixels to the millimetre. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly perMm: number;
  readonly rgb: Uint8Array;
}

/** 画 PDF 的一页，存成 PNG 的字节 */
export async function drawPage(pdf: Uint8Array, page: number, dpi: number): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'shuling-png-'));
  try {
    const path = join(folder, 'page.pdf');
    writeFileSync(path, pdf);
    await execute(pdftoppm ?? '', ['-png', '-r', String(dpi), '-f', String(page), '-l', String(page), '-singlefile', path, join(folder, 'page')]);
    return readFileSync(join(folder, 'page.png'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** 读 PNG — as pdftoppm writes it: eight bits, RGB, not interlaced. @throws Error for any other */
export function readPng(png: Buffer): Picture {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  if (png[24] !== 8 || png[25] !== 2 || png[28] !== 0) throw new Error('only plain RGB pictures are read here');
  let perMm = 0;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    if (kind === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    if (kind === 'pHYs') perMm = png.readUInt32BE(at + 8) / 1000;
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * 3;
  const rgb = new Uint8Array(stride * height);
  const left = (at: number, x: number): number => (x < 3 ? 0 : (rgb[at - 3] ?? 0));
  const up = (at: number): number => (at < stride ? 0 : (rgb[at - stride] ?? 0));
  const corner = (at: number, x: number): number => (x < 3 || at < stride ? 0 : (rgb[at - stride - 3] ?? 0));
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const [a, b, c] = [left(at, x), up(at), corner(at, x)];
      const guess = filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : filter === 4 ? paeth(a, b, c) : 0;
      rgb[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
  }
  return { width, height, perMm: perMm || width / 210, rgb };
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** 每格的墨 — 0 white to 1 black, in cells of so many millimetres: what is left when the fonts of two machines differ. */
export function inkOf({ width, height, perMm, rgb }: Picture, cellMm: number): number[][] {
  const cell = cellMm * perMm;
  const [across, down] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const sums = Array.from({ length: down }, () => new Array<number>(across).fill(0));
  for (let y = 0; y < height; y += 1) {
    const row = sums[Math.floor(y / cell)];
    if (!row) continue;
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      const light = ((rgb[at] ?? 0) + (rgb[at + 1] ?? 0) + (rgb[at + 2] ?? 0)) / 765;
      const column = Math.floor(x / cell);
      row[column] = (row[column] ?? 0) + (1 - light) / (cell * cell);
    }
  }
  return sums;
}
