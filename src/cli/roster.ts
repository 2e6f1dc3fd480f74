import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { rosterImportLists } from '#cards/roster/import-result.card';
import { InvalidError } from '#core/errors';
import { type CheckedRoster, checkRoster, type ImportedRoster, importRoster } from '#features/roster/import';
import { assertOurs } from '#runtime/installation/claim';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { asSystem } from '../app.ts';
import { exitCodes, type Shell } from './shell.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

/** 试导入的收场 — carries the result out of a transaction that is then undone. */
class DryRunDone extends Error {
  readonly result: ImportedRoster;

  constructor(result: ImportedRoster) {
    super('dry run');
    this.result = result;
  }
}

/**
 * 导入花名册 — the same check, the same writing and the same lists as for the file in chat.
 * @param options.dryRun everything is done and then undone
 * @throws InvalidError when the file can't be read
 */
export async function importRosterFile(shell: Shell, file: string, { dryRun }: { dryRun: boolean }): Promise<number> {
  const sheets = await readWorkbook(readBytes(file), basename(file));
  const place = await openWorkplace(shell);
  try {
    if (!place.platformKnowsPeople) throw new InvalidError('模拟平台还没有运行过，没有账号可以匹配。请先用 npm start 启动一次。');
    await assertOurs(place.database, place.application);
    const checked = await checkRoster(place.connection.platform.reader, sheets);
    const result = dryRun ? await tryImport(place, checked) : await asSystem(place, place.clock.now(), (ctx) => importRoster(ctx, checked));
    for (const line of toLines(result, dryRun)) shell.out(line);
    return exitCodes.done;
  } finally {
    await place.close();
  }
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InvalidError(`读不到文件 ${file}，请核对路径`, error instanceof Error ? error.message : String(error));
  }
}

async function tryImport(place: Workplace, checked: CheckedRoster): Promise<ImportedRoster> {
  try {
    return await asSystem(place, place.clock.now(), async (ctx): Promise<never> => {
      throw new DryRunDone(await importRoster(ctx, checked));
    });
  } catch (error) {
    if (error instanceof DryRunDone) return error.result;
    throw error;
  }
}

function toLines(result: ImportedRoster, dryRun: boolean): string[] {
  const { units, people, posts, added } = result;
  return [
    `${dryRun ? '试导入，没有写入' : '花名册已导入'}：${units}个单位、${people}人、${posts}个任职；新增单位${added.units}、人员${added.people}、任职${added.posts}`,
    ...rosterImportLists(result)
      .filter(({ entries }) => entries.length > 0)
      .flatMap(({ title, entries }) => [`${title}：`, ...entries.map((entry) => `  ${entry}`)]),
  ];
}
