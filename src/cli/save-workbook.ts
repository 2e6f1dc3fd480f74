import { createWriteStream, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { InvalidError } from '#core/errors';
import type { SheetToWrite } from '#core/workbook';
import { writeWorkbook } from '#runtime/workbook/write-workbook';

/** 存成表格 — readable by its owner only; never over a file that is there, and no half of one when something fails. @throws InvalidError */
export async function saveWorkbook(file: string, sheet: SheetToWrite): Promise<void> {
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  let opened = false;
  target.once('open', () => {
    opened = true;
  });
  try {
    await pipeline(writeWorkbook(sheet), target);
  } catch (error) {
    if (opened) rmSync(file, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new InvalidError(`文件 ${file} 已经存在，请换一个名字`);
    throw error;
  }
}
