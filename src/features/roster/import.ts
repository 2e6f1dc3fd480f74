import { formatDay } from '#cards/kit/format';
import { rosterImportCard } from '#cards/roster/import-result.card';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import type { Account, JobWorld, ListedChat } from '#core/job';
import type { SheetData, WorkbookImporter } from '#core/workbook';
import { applyRoster, type RosterResult } from '#domain/roster/apply-roster';
import { may } from '#domain/roster/policy';
import { looksLikeRoster, type ParsedRoster, readRoster } from '#domain/roster/read-roster';
import { queueLetGo } from './let-go.ts';
import { queueTakeOver } from './take-over.ts';

/** 核对过的花名册 — what the file says, and what the platform knows of the people and groups in it. */
export interface CheckedRoster {
  readonly parsed: ParsedRoster;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly chats: readonly ListedChat[];
}

/** 导入花名册 — the administrator sends the file to the bot. */
export const rosterImporter: WorkbookImporter<CheckedRoster> = {
  name: 'roster',
  title: '花名册',
  recognises: looksLikeRoster,
  mayImport: (actor) => may(actor, 'importRoster'),
  check: (world, workbook) => checkRoster(world, workbook.sheets),
  receive: async (ctx, _workbook, checked) => ({ card: rosterImportCard(await importRoster(ctx, checked)), privately: true }),
};

/** 核对花名册 — outside any transaction. @throws InvalidError that lists the rows that can't be read */
export async function checkRoster(world: Pick<JobWorld, 'findAccounts' | 'listChats'>, sheets: readonly SheetData[]): Promise<CheckedRoster> {
  const parsed = readRoster(sheets);
  if (parsed.problems.length > 0) {
    const rest = parsed.problems.length > 8 ? `；另有${parsed.problems.length - 8}处` : '';
    throw new InvalidError(
      `花名册有${parsed.problems.length}处看不懂，没有写入：${parsed.problems.slice(0, 8).join('；')}${rest}。请改好后重新发送。`,
    );
  }
  const mobiles = [...new Set(parsed.posts.map(({ mobile }) => mobile))];
  return { parsed, accounts: await world.findAccounts(mobiles), chats: await world.listChats() };
}

/** 写入花名册 — the same for the file in chat and for the command line; whoever takes a post by it is handed what waits there, and whoever leaves one lets it go. */
export async function importRoster(ctx: Context, { parsed, accounts, chats }: CheckedRoster): Promise<RosterResult> {
  const result = await applyRoster(ctx, parsed, { accounts, chats });
  for (const { personId, postId, title } of result.takenOver) {
    const occasion = postId === null ? '您的飞书账号已匹配' : `自${formatDay(ctx.today, ctx.today)}起接任${title}`;
    await queueTakeOver(ctx, ctx.today, { key: newId(), personId, postId, principalId: null, occasion });
  }
  for (const { personId, postId } of result.letGo) queueLetGo(ctx, ctx.today, { key: newId(), personId, postId });
  return result;
}
