import type { Tx } from '#core/context';
import { newId } from '#core/ids';
import type { Account } from '#core/job';
import { rows } from '#db/rows';

/** 任命管理员 — one post each, once. Returns the ids of those who are new. */
export async function saveAdministrators(
  tx: Tx,
  administrators: readonly { mobile: string; name: string; account: Account | null }[],
): Promise<string[]> {
  const db = rows(tx);
  const added: string[] = [];
  for (const { mobile, name, account } of administrators) {
    const known = await db.person.findFirst({
      where: { OR: [{ mobile }, ...(account ? [{ openId: account.openId }] : [])] },
      include: { holdings: { include: { post: true } } },
    });
    const binding = account ? { openId: account.openId, unionId: account.unionId ?? null, userId: account.userId ?? null } : {};
    const person = known
      ? await db.person.update({ where: { id: known.id }, data: binding })
      : await db.person.create({ data: { id: newId(), name, mobile, ...binding } });
    if (known?.holdings.some(({ post, toOn }) => post.role === 'administrator' && toOn === null)) continue;
    const post = await db.post.create({ data: { id: newId(), unitCode: null, title: '系统管理员', role: 'administrator', position: 0 } });
    await db.postHolding.create({ data: { id: newId(), postId: post.id, personId: person.id, fromOn: '2000-01-01' } });
    added.push(person.id);
  }
  return added;
}

/** 有没有管理员 — those with an account, and those without. */
export async function countAdministrators(tx: Tx): Promise<{ bound: number; unbound: number }> {
  const found = await rows(tx).person.findMany({
    where: { active: true, holdings: { some: { toOn: null, post: { role: 'administrator' } } } },
    select: { openId: true },
  });
  const bound = found.filter(({ openId }) => openId !== null).length;
  return { bound, unbound: found.length - bound };
}
