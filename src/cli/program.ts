import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { AppError } from '#core/errors';
import { ConfigError } from '../config.ts';
import { explainFailure } from '../explain-failure.ts';
import { verifyTrail } from './audit.ts';
import { backUpTo, restoreFrom } from './backup.ts';
import { changeApp } from './change-app.ts';
import { doctor } from './doctor.ts';
import { verifyDraw } from './draw.ts';
import { exportLedger } from './export.ts';
import { migrateDatabase } from './migrate.ts';
import { erasePersonalData, exportPersonalData } from './person.ts';
import { importRosterFile } from './roster.ts';
import { setup } from './setup.ts';
import { exitCodes, type Shell } from './shell.ts';

const exitCodesHelp = `
退出码：
  0  完成
  1  有未通过的检查，或请求被拒绝（原因见输出）
  2  命令写法或配置有误
  3  程序出错

配置来自环境变量和 .env，与 npm start 相同。程序运行时也可以使用这些命令。`;

/** 命令行 — runs one command line and returns its exit code; nothing is thrown. @param argv without node and script */
export async function runCommandLine(argv: readonly string[], shell: Shell): Promise<number> {
  const exit: { code: number } = { code: exitCodes.done };
  try {
    await createProgram(shell, async (work) => {
      exit.code = await work;
    }).parseAsync([...argv], { from: 'user' });
    return exit.code;
  } catch (error) {
    return explain(error, shell);
  }
}

function createProgram(shell: Shell, settle: (work: Promise<number>) => Promise<void>): Command {
  const program = new Command('shuling')
    .description('书令的命令行')
    .exitOverride()
    .configureOutput({ writeOut: (text) => shell.out(text.trimEnd()), writeErr: (text) => shell.err(text.trimEnd()) })
    .helpCommand('help [命令]', '显示某个命令的用法')
    .helpOption('-h, --help', '显示用法')
    .addHelpText('after', exitCodesHelp);
  program
    .command('doctor')
    .description('逐项检查配置、数据库、名册、发件和平台；与群里发送“诊断”相同')
    .option('--json', '输出 JSON', false)
    .action((options: { json: boolean }) => settle(doctor(shell, options)));
  program
    .command('migrate')
    .description('应用数据库迁移')
    .action(() => settle(migrateDatabase(shell)));
  program
    .command('backup <文件>')
    .description('备份整个数据库；程序可以照常运行')
    .action((file: string) => settle(backUpTo(shell, file)));
  program
    .command('restore <文件>')
    .description('把备份恢复到一个空的数据库（或新的 DATA_DIR），并校验留痕；请先停程序')
    .action((file: string) => settle(restoreFrom(shell, file)));
  program
    .command('roster')
    .description('花名册')
    .command('import <文件>')
    .description('导入花名册；可重复执行，不删人')
    .option('--dry-run', '只报告结果，不写入', false)
    .action((file: string, options: { dryRun: boolean }) => settle(importRosterFile(shell, file, options)));
  program
    .command('change-app')
    .description('换了飞书应用之后，把数据库交给新的应用：账号、群重新认；请先停程序、做好备份')
    .option('--confirm <App ID>', '再写一遍新应用的 App ID，写了才换')
    .action((options: { confirm?: string }) => settle(changeApp(shell, options)));
  program
    .command('export <文件>')
    .description('把一年的台账导出为 .xlsx；不含内部备注')
    .option('--year <年份>', '哪一年，默认今年', readYear)
    .action((file: string, options: { year?: number }) => settle(exportLedger(shell, file, options)));
  const person = program.command('person').description('个人信息（个人信息保护法第四十五、四十七条）');
  person
    .command('export <手机号> <文件>')
    .description('把一个人的个人信息导出为 .xlsx，交给本人')
    .action((mobile: string, file: string) => settle(exportPersonalData(shell, mobile, file)));
  person
    .command('erase <手机号>')
    .description('先列出会删什么、留什么；加 --confirm 姓名 才删')
    .option('--confirm <姓名>', '再写一遍姓名（名单里的来宾写手机号）')
    .action((mobile: string, options: { confirm?: string }) => settle(erasePersonalData(shell, mobile, options)));
  program
    .command('audit')
    .description('留痕')
    .command('verify')
    .description('逐条校验留痕的哈希链')
    .option('--anchor <seq:hash...>', '以前抄存的锚（序号:哈希），可以多个', [] as string[])
    .action((options: { anchor: string[] }) => settle(verifyTrail(shell, options)));
  program
    .command('draw')
    .description('抽签')
    .command('verify <文件>')
    .description('重算抽签证明（抽签后公布的 .json）；不需要配置和数据库')
    .option('--commitment <承诺>', '抽签前公布的承诺')
    .action((file: string, options: { commitment?: string }) => settle(verifyDraw(shell, file, options)));
  program
    .command('setup')
    .description('扫码创建飞书应用，并把凭证写入 .env')
    .option('--name <名称>', '应用的名称', '督查助手')
    .option('--domain <地址>', '飞书开放平台的地址', 'https://open.feishu.cn')
    .option('--env-file <文件>', '写到哪里', '.env')
    .action((options: { name: string; domain: string; envFile: string }) => settle(setup(shell, options)));
  return program;
}

function readYear(text: string): number {
  if (!/^20\d\d$/.test(text)) throw new InvalidArgumentError('年份应为四位数字，例如 2026');
  return Number(text);
}

function explain(error: unknown, shell: Shell): number {
  // commander 已把说明写出来了。
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.misused;
  if (error instanceof ConfigError) {
    shell.err(error.message);
    return exitCodes.misused;
  }
  const words = error instanceof AppError ? error.publicMessage : explainFailure(error, '没有办成');
  if (words !== null) {
    shell.err(words);
    return exitCodes.refused;
  }
  shell.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodes.crashed;
}
