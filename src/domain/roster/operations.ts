import type { Context } from '#core/context';
import type { Account } from '#core/job';
import { saveAdministrators } from './administrators/store.ts';
import { deactivate } from './store.ts';

/** 人员离职 — the platform says that the account is gone. */
export async function markPersonLeft(ctx: Context, openId: string): Promise<{ id: string; name: string } | null> {
  const person = await deactivate(ctx.tx, openId);
  if (person) ctx.audit.record({ subject: { type: 'person', id: person.id }, event: 'leave' });
  return person;
}

/** 首任管理员 — the people named in the configuration hold the administrator's post from the first start. */
export async function ensureAdministrators(
  ctx: Context,
  administrators: readonly { mobile: string; name: string; account: Account | null }[],
): Promise<void> {
  const added = await saveAdministrators(ctx.tx, administrators);
  for (const id of added) ctx.audit.record({ subject: { type: 'person', id }, event: 'appointAdministrator' });
}
