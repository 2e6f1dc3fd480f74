import { InvalidError } from '#core/errors';
import type { CellValue } from '#core/workbook';
import { type ErasurePlan, erasePerson, exportPerson, type PersonalLine, planErasure } from '#domain/personal-data/operations';
import type { PersonalPlace } from '#domain/personal-data/places';
import { digitsOf } from '#domain/roster/read-roster';
import { asSystem } from '../app.ts';
import { saveWorkbook } from './save-workbook.ts';
import { exitCodes, type Shell } from './shell.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const columns = [
  { heading: '哪一处', width: 24 },
  { heading: '第几条', width: 8 },
  { heading: '什么', width: 14 },
  { heading: '内容', width: 60 },
];

/**
 * 导出个人信息 — the copy that a person may ask for (个人信息保护法 art. 45).
 * @throws InvalidError when the number is none, nothing is held under it, or the file is there already
 */
export async function exportPersonalData(shell: Shell, mobile: string, file: string): Promise<number> {
  if (!file.endsWith('.xlsx')) throw new InvalidError('文件名须以 .xlsx 结尾');
  return inPlace(shell, async (place) => {
    const { subject, lines } = await asSystem(place, place.clock.now(), (ctx) => exportPerson(ctx, numberOf(mobile)));
    await saveWorkbook(file, { name: '个人信息', columns, rows: cellsOf(lines) });
    shell.out(`已导出${subject.name ?? '名单里的来宾'}的个人信息${lines.length}行：${file}`);
    shell.out('署名（例如“采纳人”）不逐处列出，本人办的每一件在“留痕”里；述职投票查不到，也没有查');
  });
}

/**
 * 删除个人信息 — says what would happen; with the name typed once more, does it (art. 47).
 * @param options.confirm the person's name, or for a guest the number
 * @throws ConflictError while he still has duties
 */
export async function erasePersonalData(shell: Shell, mobile: string, { confirm }: { confirm?: string }): Promise<number> {
  return inPlace(shell, async (place) => {
    const plan = await asSystem(place, place.clock.now(), (ctx) => planErasure(ctx, numberOf(mobile)));
    const key = plan.subject.name ?? plan.subject.mobile;
    if (confirm === undefined) {
      for (const line of linesOf(plan)) shell.out(line);
      shell.out(plan.duties.length > 0 ? `现在不能删除：${plan.duties.join('；')}` : `没有删除。核对无误，请再加 --confirm ${key}`);
      return;
    }
    if (confirm !== key)
      throw new InvalidError(`--confirm 要写此人的${plan.subject.name === null ? '手机号' : '姓名'}，写的是“${confirm}”，与名册不符，没有删除`);
    const done = await asSystem(place, place.clock.now(), (ctx) => erasePerson(ctx, numberOf(mobile)));
    shell.out(`已删除${key}的个人信息`);
    for (const line of linesOf(done)) shell.out(line);
    shell.out('收到的原表（任务表、名单、述职方案）是收文原件，照档案规定保存，里面的号码没有动');
    shell.out('花名册、小组名单的文件里如还有此人，请一并删去，不然下次导入又会写入；以前的备份照保存期销毁；飞书里已收到的消息不归本程序管');
  });
}

async function inPlace(shell: Shell, work: (place: Workplace) => Promise<void>): Promise<number> {
  const place = await openWorkplace(shell);
  try {
    await work(place);
    return exitCodes.done;
  } finally {
    await place.close();
  }
}

function numberOf(mobile: string): string {
  const digits = digitsOf(mobile);
  if (digits.length < 7) throw new InvalidError(`“${mobile}”不是手机号`);
  return digits;
}

async function* cellsOf(lines: readonly PersonalLine[]): AsyncGenerator<readonly CellValue[]> {
  for (const { place, record, field, content } of lines) yield [place, record, field, content];
}

function linesOf({ fates }: ErasurePlan): string[] {
  return fates.map(({ place, count }) => `  ${place.title}${count}条：${fateOf(place)}`);
}

function fateOf({ erasure }: PersonalPlace): string {
  if (erasure.kind === 'keep') return `留（${erasure.why}）`;
  return erasure.kind === 'remove' ? '删' : '清去号码、账号、备注和原因，其余是公务记录';
}
