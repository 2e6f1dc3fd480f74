import type { Tx } from '#core/context';
import { newId } from '#core/ids';
import { rows } from '#db/rows';
import type { GroupDraft, GroupMember, GroupNote, GroupRollState, GroupSummary } from './model.ts';

/** 一份小组名单 */
export interface GroupRoll {
  readonly id: string;
  readonly fileName: string;
  readonly sha256: string;
  readonly blobId: string;
  readonly unitCode: string;
  readonly uploadedById: string;
  readonly uploadedAt: Date;
  readonly state: GroupRollState;
  readonly summary: GroupSummary;
  readonly groups: readonly GroupDraft[];
  readonly confirmedAt: Date | null;
}

/** 联系小组 */
export interface MentorGroup {
  readonly id: string;
  readonly rollId: string;
  readonly code: string;
  readonly line: string;
  readonly leaderName: string;
  readonly leaderMobile: string;
  /** null: no account on the platform */
  readonly leaderOpenId: string | null;
  readonly members: readonly GroupMember[];
}

/** 记一次小组预检 */
export async function insertRoll(tx: Tx, roll: GroupRoll): Promise<void> {
  await rows(tx).groupRoll.create({ data: { ...roll, summary: roll.summary as unknown as object, groups: roll.groups as unknown as object[] } });
}

/** 找小组名单 */
export async function findRoll(tx: Tx, id: string): Promise<GroupRoll | null> {
  return (await rows(tx).groupRoll.findUnique({ where: { id } })) as unknown as GroupRoll | null;
}

/** 生效的名单 — one for each unit that has one. */
export async function findRollsInForce(tx: Tx): Promise<GroupRoll[]> {
  return (await rows(tx).groupRoll.findMany({ where: { state: 'inForce' }, orderBy: { unitCode: 'asc' } })) as unknown as GroupRoll[];
}

/** 改名单状态 — false: somebody was faster. */
export async function moveRoll(tx: Tx, { id, from, to, at }: { id: string; from: GroupRollState; to: GroupRollState; at: Date }): Promise<boolean> {
  const stamp = to === 'inForce' ? { confirmedAt: at } : {};
  const { count } = await rows(tx).groupRoll.updateMany({ where: { id, state: from }, data: { state: to, ...stamp } });
  return count === 1;
}

/** 登记小组 @param accounts by telephone */
export async function insertGroups(tx: Tx, { id: rollId, groups }: GroupRoll, accounts: ReadonlyMap<string, string>): Promise<void> {
  await rows(tx).mentorGroup.createMany({
    data: groups.map(({ code, line, leader, members }, position) => ({
      id: newId(),
      rollId,
      code,
      line,
      leaderName: leader.name,
      leaderMobile: leader.mobile,
      leaderOpenId: accounts.get(leader.mobile) ?? null,
      members: members.map((member) => ({ ...member })),
      position,
    })),
  });
}

/** 名单里的小组，按组号的次序 */
export async function findGroups(tx: Tx, rollId: string): Promise<MentorGroup[]> {
  return (await rows(tx).mentorGroup.findMany({ where: { rollId }, orderBy: { position: 'asc' } })) as unknown as MentorGroup[];
}

/** 找小组，连同它的名单 */
export async function findGroup(tx: Tx, id: string): Promise<{ group: MentorGroup; roll: GroupRoll } | null> {
  const found = await rows(tx).mentorGroup.findUnique({ where: { id }, include: { roll: true } });
  return found && { group: found as unknown as MentorGroup, roll: found.roll as unknown as GroupRoll };
}

/** 锁小组 — two taps at once: the second waits and finds what the first has written. */
export async function lockGroup(tx: Tx, id: string): Promise<void> {
  await rows(tx).$queryRaw`SELECT 1 FROM "MentorGroup" WHERE id = ${id} FOR UPDATE`;
}

/** 某人带的小组 — in a roll in force. */
export async function findGroupsLedBy(tx: Tx, openId: string): Promise<MentorGroup[]> {
  return (await rows(tx).mentorGroup.findMany({ where: { leaderOpenId: openId, roll: { state: 'inForce' } } })) as unknown as MentorGroup[];
}

/** 名册里的账号 — by telephone, for leaders who are in the roster. */
export async function findRosterAccounts(tx: Tx, mobiles: readonly string[]): Promise<Map<string, string>> {
  const found = await rows(tx).person.findMany({
    where: { mobile: { in: [...mobiles] }, openId: { not: null } },
    select: { mobile: true, openId: true },
  });
  return new Map(found.flatMap(({ mobile, openId }) => (openId ? [[mobile, openId] as const] : [])));
}

/** 补上组长的账号 */
export async function bindLeader(tx: Tx, { rollId, mobile, openId }: { rollId: string; mobile: string; openId: string }): Promise<void> {
  await rows(tx).mentorGroup.updateMany({ where: { rollId, leaderMobile: mobile }, data: { leaderOpenId: openId } });
}

/** 写月记 — one for a group and a month; written again it is replaced. */
export async function putNote(tx: Tx, note: GroupNote & { unitCode: string; writtenBy: string; writtenAt: Date }): Promise<void> {
  const { unitCode, groupCode, month, ...words } = note;
  await rows(tx).groupNote.upsert({ where: { unitCode_groupCode_month: { unitCode, groupCode, month } }, create: note, update: words });
}

/** 一个单位某月的月记 — without the time of writing: nobody is ranked by it. */
export async function findNotes(
  tx: Tx,
  { unitCode, month, groupCode }: { unitCode: string; month: string; groupCode?: string },
): Promise<GroupNote[]> {
  return rows(tx).groupNote.findMany({
    where: { unitCode, month, ...(groupCode === undefined ? {} : { groupCode }) },
    omit: { unitCode: true, writtenBy: true, writtenAt: true },
  });
}

/** 组长的账号重认 — looked up again before the next monthly card. */
export async function forgetLeaders(tx: Tx): Promise<void> {
  await rows(tx).mentorGroup.updateMany({ data: { leaderOpenId: null } });
}
