import { formatDay } from '#cards/kit/format';
import { rosterImportCard } from '#cards/roster/import-result.card';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { newId } from '#core/ids';
import type { Account, JobWorld, ListedChat } from '#core/job';
import type { SheetData, WorkbookImporter } from '#core/workbook';
import { applyRoster, type RosterResult } from '#domain/roster/apply-roster';
import { leaderRoles, type Unit } from '#domain/roster/model';
import { may } from '#domain/roster/policy';
import { looksLikeRoster, type ParsedRoster, readRoster } from '#domain/roster/read-roster';
import { findHolders, listUnits } from '#domain/roster/store';
import { type FieldMove, followUnits } from '#domain/work-items/field';
import { findItems } from '#domain/work-items/store';
import { queueLetGo } from './let-go.ts';
import { queueTakeOver } from './take-over.ts';

/** 核对过的花名册 — what the file says, and what the platform knows of the people and groups in it. */
export interface CheckedRoster {
  readonly parsed: ParsedRoster;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly chats: readonly ListedChat[];
}

/** 导入花名册的结果，连同事项上随着变的 */
export interface ImportedRoster extends RosterResult {
  readonly fields: readonly FieldMove[];
  readonly missingUnits: readonly { readonly name: string; readonly open: number }[];
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
export async function importRoster(ctx: Context, { parsed, accounts, chats }: CheckedRoster): Promise<ImportedRoster> {
  const before = await listUnits(ctx.tx);
  const result = await applyRoster(ctx, parsed, { accounts, chats });
  const fields = await followUnits(ctx, before);
  await handFieldsOn(ctx, fields);
  for (const { personId, postId, title } of result.takenOver) {
    const occasion = postId === null ? '您的飞书账号已匹配' : `自${formatDay(ctx.today, ctx.today)}起接任${title}`;
    await queueTakeOver(ctx, ctx.today, { key: newId(), personId, postId, principalId: null, occasion });
  }
  for (const { personId, postId } of result.letGo) queueLetGo(ctx, ctx.today, { key: newId(), personId, postId });
  return { ...result, fields, missingUnits: await missingUnits(ctx, { parsed, before }) };
}

/** 换了分管领导的，等批的交到新的手里，原来的收起 */
async function handFieldsOn(ctx: Context, fields: readonly FieldMove[]): Promise<void> {
  const leaders = await findHolders(ctx.tx, { roles: leaderRoles }, ctx.today);
  const holderOf = (name: string) => leaders.find((leader) => leader.name === name && leader.delegateFor === null);
  const moved = fields.filter(({ items }) => items > 0);
  const once = moved.filter(({ from, to }, at) => moved.findIndex((other) => other.from === from && other.to === to) === at);
  for (const { from, to } of once) {
    const [former, successor] = [holderOf(from), holderOf(to)];
    if (!successor) continue;
    const { personId, postId } = successor;
    await queueTakeOver(ctx, ctx.today, { key: newId(), personId, postId, principalId: null, occasion: `${from}分管的单位改由您分管` });
    if (former) queueLetGo(ctx, ctx.today, { key: newId(), personId: former.personId, postId });
  }
}

/** 这次表里没有的单位 — nothing is deleted; what it still has open is named, for nobody of the new table answers for it. */
async function missingUnits(
  ctx: Context,
  { parsed, before }: { parsed: ParsedRoster; before: readonly Unit[] },
): Promise<ImportedRoster['missingUnits']> {
  const listed = new Set(parsed.units.map(({ code }) => code));
  const missing: { name: string; open: number }[] = [];
  for (const { code, name } of before.filter((unit) => !listed.has(unit.code)))
    missing.push({ name, open: (await findItems(ctx.tx, { leadUnits: [code], openOnly: true })).length });
  return missing;
}
