import type { Role, Tx } from '#core/context';
import type { LocalDate } from '#core/dates';
import { rows } from '#db/rows';
import type { Unit } from '../model.ts';
import { bindVacantPurpose } from '../store.ts';

/** 导入前的名册 */
export interface RosterSnapshot {
  readonly units: ReadonlyMap<string, { readonly leaderName: string | null }>;
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly mobile: string;
    readonly openId: string | null;
    readonly isAdministrator: boolean;
  }[];
  readonly posts: readonly {
    readonly id: string;
    readonly unitCode: string | null;
    readonly role: string;
    readonly backup: boolean;
    readonly title: string;
    readonly field: string | null;
    readonly personId: string | null;
    readonly holderName: string | null;
    readonly holdingId: string | null;
    /** 现任是移交来的：哪天起、此前谁任过；null：不是 */
    readonly handover: { readonly on: LocalDate; readonly formerIds: ReadonlySet<string> } | null;
  }[];
}

/** 要写的行 */
export interface RosterWrites {
  readonly units: readonly Unit[];
  readonly newUnits: number;
  readonly people: readonly {
    readonly id: string;
    readonly isNew: boolean;
    readonly name: string;
    readonly mobile: string;
    readonly note: string | null;
    readonly openId: string | null;
    readonly unionId: string | null;
    readonly userId: string | null;
  }[];
  /** 号码归了别人的、账号归了别人的：先腾出来 */
  readonly released: readonly string[];
  readonly unbound: readonly string[];
  readonly posts: readonly {
    readonly id: string;
    readonly unitCode: string | null;
    readonly title: string;
    readonly role: Role;
    readonly field: string | null;
    readonly backup: boolean;
    readonly position: number;
  }[];
  readonly titles: readonly { readonly id: string; readonly title: string; readonly field: string | null }[];
  readonly ended: readonly { readonly id: string; readonly toOn: LocalDate; readonly personId: string; readonly postId: string }[];
  readonly begun: readonly { readonly id: string; readonly postId: string; readonly personId: string; readonly fromOn: LocalDate }[];
  readonly changes: readonly { readonly title: string; readonly from: string; readonly to: string }[];
  readonly handedOver: readonly { readonly title: string; readonly from: string; readonly to: string; readonly on: LocalDate }[];
}

/** 读现状 */
export async function readSnapshot(tx: Tx, today: LocalDate): Promise<RosterSnapshot> {
  const db = rows(tx);
  const units = await db.unit.findMany({ select: { code: true, leaderName: true } });
  const people = await db.person.findMany({ where: { erasedAt: null }, include: { holdings: { include: { post: { select: { role: true } } } } } });
  const posts = await db.post.findMany({
    include: {
      holdings: { where: { fromOn: { lte: today } }, include: { person: { select: { name: true } } }, orderBy: { fromOn: 'asc' } },
    },
  });
  const handovers = await db.auditEntry.findMany({
    where: { subjectType: 'post', event: 'handOver' },
    select: { subjectId: true, before: true, after: true, detail: true },
  });
  return {
    units: new Map(units.map(({ code, leaderName }) => [code, { leaderName }])),
    people: people.map(({ id, name, mobile, openId, holdings }) => ({
      id,
      name,
      mobile,
      openId,
      isAdministrator: holdings.some(({ post }) => post.role === 'administrator'),
    })),
    posts: posts.map(({ holdings, ...post }) => {
      const holding = holdings.find(({ toOn }) => toOn === null || toOn >= today);
      const ofPost = handovers.filter(({ subjectId }) => subjectId === post.id);
      const by = ofPost.find(({ after, detail }) => after === holding?.personId && (detail as { on?: string } | null)?.on === holding?.fromOn);
      // 当天接任、当天又移交的，任职的行已经没有，只有留痕里有。
      const formerIds = new Set([
        ...holdings.flatMap((each) => (each === holding ? [] : each.personId)),
        ...ofPost.flatMap((each) => each.before ?? []),
      ]);
      return {
        ...post,
        personId: holding?.personId ?? null,
        holderName: holding?.person.name ?? null,
        holdingId: holding?.id ?? null,
        handover: holding && by ? { on: holding.fromOn, formerIds } : null,
      };
    }),
  };
}

/** 写名册 @param chats the groups that the file names, with the one found by its name where the purpose is vacant */
export async function writeRoster(
  tx: Tx,
  writes: RosterWrites,
  { chats, now }: { chats: readonly { purpose: string; chatName: string; chatId: string | undefined }[]; now: Date },
): Promise<void> {
  const db = rows(tx);
  for (const [position, unit] of writes.units.entries()) {
    const data = { ...unit, aliases: [...unit.aliases], position, active: true };
    await db.unit.upsert({ where: { code: unit.code }, create: data, update: data });
  }
  for (const id of writes.released) await db.person.update({ where: { id }, data: { mobile: `former:${id}` } });
  await db.person.updateMany({ where: { id: { in: [...writes.unbound] } }, data: { openId: null, unionId: null, userId: null } });
  await db.person.createMany({ data: writes.people.filter(({ isNew }) => isNew).map(({ isNew, ...person }) => person) });
  // 账号只增不减：平台一时查不到，不等于这个人没了账号。
  for (const { id, isNew, openId, unionId, userId, ...told } of writes.people) {
    if (!isNew) await db.person.update({ where: { id }, data: { ...told, ...(openId ? { openId, unionId, userId, active: true } : {}) } });
  }
  await db.post.createMany({ data: [...writes.posts] });
  for (const { id, title, field } of writes.titles) await db.post.update({ where: { id }, data: { title, field } });
  const fresh = new Set(writes.posts.map(({ id }) => id));
  // 今天起归他：原来安排在以后接任的，随之取消，同办理移交一样。新设的岗位没有人等着接。
  for (const { postId, fromOn } of writes.begun.filter((one) => !fresh.has(one.postId)))
    await db.postHolding.deleteMany({ where: { postId, fromOn: { gt: fromOn } } });
  for (const { id, toOn } of writes.ended) await db.postHolding.update({ where: { id }, data: { toOn } });
  await db.postHolding.createMany({ data: [...writes.begun] });
  const known = new Set((await db.chatBinding.findMany({ select: { purpose: true } })).map(({ purpose }) => purpose));
  // 机器人离开过、原来另有用途的群，名字对上了就腾出来。
  await db.chatBinding.updateMany({
    where: { chatId: { in: chats.flatMap(({ chatId }) => chatId ?? []) }, lostAt: { not: null } },
    data: { chatId: null },
  });
  for (const { purpose, chatName, chatId } of chats) {
    const isNew = !known.has(purpose);
    const bound = isNew && chatId !== undefined ? { chatId, boundAt: now } : {};
    await db.chatBinding.upsert({ where: { purpose }, create: { purpose, chatName, ...bound }, update: { chatName } });
    if (!isNew && chatId !== undefined) await bindVacantPurpose(tx, { purpose, chatName, chatId, now });
  }
}
