import type { Context, Role } from '#core/context';
import type { Holder } from './model.ts';
import { findHolders } from './store.ts';

/** 轮到的一方 — whose turn it is, by post. */
export interface Desk {
  /** as it is called in a sentence */
  readonly title: string;
  readonly roles: readonly Role[];
  readonly unitCodes?: readonly string[];
}

/** 单位主要负责人 — of one unit. */
export const headDesk = (unitCode: string): Desk => ({ title: '单位主要负责人', roles: ['unitHead'], unitCodes: [unitCode] });
/** 单位收通知的 — its head and its liaison; a sentence that is told to another house names the unit. */
export const unitDesk = ({ code, name }: { readonly code: string; readonly name: string }): Desk => ({
  title: `${name}的主要负责人、联络员`,
  roles: ['unitHead', 'liaison'],
  unitCodes: [code],
});
/** 督查室 — the inspectors, whichever of them takes it. */
export const inspectorsDesk: Desk = { title: '督查员', roles: ['inspector'] };
/** 督查室主任 */
export const chiefDesk: Desk = { title: '督查室主任', roles: ['chiefInspector'] };
/** 系统管理员 */
export const administratorsDesk: Desk = { title: '系统管理员', roles: ['administrator'] };

/** 找轮到的人 — who holds those posts today, delegates included, and why none of them will hear of it. null: somebody will */
export async function findDesk(ctx: Pick<Context, 'tx' | 'today'>, desk: Desk): Promise<{ people: readonly Holder[]; unheard: string | null }> {
  const { roles, unitCodes } = desk;
  const people = await findHolders(ctx.tx, { roles, ...(unitCodes ? { unitCodes } : {}), backup: false }, ctx.today);
  return { people, unheard: unheardAt(desk, people) };
}

/** 没有人收得到的缘由 — one sentence that says what to do; null: somebody has an account. */
export function unheardAt({ title }: Pick<Desk, 'title'>, people: readonly Holder[]): string | null {
  if (people.some(({ openId }) => openId !== null)) return null;
  const names = [...new Set(people.flatMap(({ name, delegateFor }) => (delegateFor === null ? [name] : [])))].join('、');
  return names === '' ? `现在没有在任的${title}，没有人收到，请联系督查室或系统管理员` : `${title}${names}没有飞书账号，收不到，请当面告知`;
}
