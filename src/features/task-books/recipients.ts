import { role, term } from '#cards/kit/terms';
import type { Context } from '#core/context';
import { unitChat } from '#domain/roster/model';
import { chatsOf, findHolders } from '#domain/roster/store';

/** 一本任务书发给谁 */
export interface BookRecipients {
  readonly chat: string | null;
  /** heads and liaisons with an account, their delegates of today included; a person with two posts once */
  readonly people: readonly { readonly openId: string; readonly name: string; readonly role: 'unitHead' | 'liaison' }[];
  /** 收不到的，一处一句 */
  readonly unreached: readonly string[];
}

const wanted = ['unitHead', 'liaison'] as const;

/** 各单位的收件人 — the group, the head and the liaison; whoever can't be reached is named, and so is a post that nobody holds. */
export async function recipientsOf(ctx: Pick<Context, 'tx' | 'today'>, unitCodes: readonly string[]): Promise<ReadonlyMap<string, BookRecipients>> {
  const chats = await chatsOf(ctx.tx, unitCodes.map(unitChat));
  const holders = await findHolders(ctx.tx, { unitCodes, roles: wanted, backup: false }, ctx.today);
  return new Map(
    unitCodes.map((unitCode) => {
      const chat = chats.get(unitChat(unitCode)) ?? null;
      const people = new Map<string, BookRecipients['people'][number]>();
      const unreached = chat === null ? ['没有绑定工作群'] : [];
      for (const post of wanted) {
        const held = holders.filter((holder) => holder.unitCode === unitCode && holder.role === post);
        if (held.length === 0) unreached.push(`没有在任的${term(role, post)}`);
        for (const { openId, name } of held) {
          if (openId === null) unreached.push(`${term(role, post)}${name}没有飞书账号`);
          else if (!people.has(openId)) people.set(openId, { openId, name, role: post });
        }
      }
      return [unitCode, { chat, people: [...people.values()], unreached }] as const;
    }),
  );
}
