import type { Tx } from '#core/context';
import { rows } from '#db/rows';
import type { HolderChange } from '../box/store.ts';
import type { TokenKeys } from './tokens.ts';

/** 一类的钥匙 */
export interface ClassKeys extends TokenKeys {
  readonly voterClass: string;
}

/** 存钥匙 */
export async function insertKeys(tx: Tx, openingId: string, keys: readonly ClassKeys[]): Promise<void> {
  await rows(tx).ballotKey.createMany({ data: keys.map((each) => ({ openingId, ...each })) });
}

/** 一次开放的公钥 — none after the close. */
export async function findPublicKeys(tx: Tx, openingId: string): Promise<{ voterClass: string; publicKey: string }[]> {
  return rows(tx).ballotKey.findMany({
    where: { openingId },
    select: { voterClass: true, publicKey: true },
    orderBy: { voterClass: 'asc' },
  });
}

/** 一类的钥匙 — null: closed, or no such class. */
export async function findKeys(tx: Tx, { openingId, voterClass }: { openingId: string; voterClass: string }): Promise<ClassKeys | null> {
  return rows(tx).ballotKey.findUnique({
    where: { openingId_voterClass: { openingId, voterClass } },
    select: { voterClass: true, publicKey: true, privateKey: true },
  });
}

/** 记领过票 — 'issued' now, or before with the very same request (an answer got lost); 'other': another request came before. */
export async function recordIssue(
  tx: Tx,
  issue: { readonly openingId: string; readonly holder: string; readonly voterClass: string; readonly requestHash: string },
): Promise<'issued' | 'other'> {
  const { openingId, holder, voterClass, requestHash } = issue;
  await rows(tx).$executeRaw`
    INSERT INTO "BallotIssue" ("openingId", holder, "voterClass", "requestHash") VALUES (${openingId}, ${holder}, ${voterClass}, ${requestHash})
    ON CONFLICT DO NOTHING`;
  const found = await rows(tx).ballotIssue.findUnique({ where: { openingId_holder: { openingId, holder } }, select: { requestHash: true } });
  return found?.requestHash === requestHash ? 'issued' : 'other';
}

/** 领票的记录接过来 — who had fetched his ticket with the old slip can't fetch another with the new one. */
export async function passIssues(tx: Tx, { sessionId, from, to }: HolderChange): Promise<void> {
  await rows(tx).$executeRaw`
    UPDATE "BallotIssue" i SET holder = ${to} FROM "BallotRound" r
    WHERE r."openingId" = i."openingId" AND r."sessionId" = ${sessionId} AND r.state = 'open' AND i.holder = ${from}`;
}

/** 领过票的人数，各类 */
export async function countIssued(tx: Tx, openingId: string): Promise<Map<string, number>> {
  const found = await rows(tx).ballotIssue.groupBy({ by: ['voterClass'], where: { openingId }, _count: true });
  return new Map(found.map(({ voterClass, _count }) => [voterClass, _count]));
}

/** 没领票的人 — from the roll alone; whoever has one may or may not have cast it, nobody knows. */
export async function findUnissued(
  tx: Tx,
  { sessionId, openingId }: { sessionId: string; openingId: string },
): Promise<{ id: string; name: string; voterClass: string }[]> {
  return rows(tx).$queryRaw`
    SELECT v.id, v.name, v."voterClass" FROM "ReviewVoter" v
    WHERE v."sessionId" = ${sessionId} AND v.present AND v.channel = 'card'
      AND NOT EXISTS (SELECT 1 FROM "BallotRound" r JOIN "ReviewSlot" s ON s.id = r."slotId" WHERE r."openingId" = ${openingId} AND s."voterId" = v.id)
      AND NOT EXISTS (SELECT 1 FROM "BallotIssue" i WHERE i."openingId" = ${openingId} AND i.holder = v.id)
    ORDER BY v.position`;
}

/** 销毁钥匙 — and what was kept to recognise a repeated request; the rows are written anew, so that no transaction shows in them. */
export async function destroyKeys(tx: Tx, openingId: string): Promise<void> {
  await rows(tx).ballotKey.deleteMany({ where: { openingId } });
  await rows(tx).ballotIssue.updateMany({ where: { openingId }, data: { requestHash: null } });
}

/** 存投票页的钥匙 — only its fingerprint. */
export async function insertPass(tx: Tx, pass: { readonly keyHash: string; readonly sessionId: string; readonly voterId: string }): Promise<void> {
  await rows(tx).ballotPass.create({ data: pass });
}

/** 凭钥匙找人 — the bearer of a pass as the roll knows him. */
export async function findBearer(
  tx: Tx,
  keyHash: string,
): Promise<{ voterId: string; sessionId: string; voterClass: string; present: boolean } | null> {
  const [found] = await rows(tx).$queryRaw<{ voterId: string; sessionId: string; voterClass: string; present: boolean }[]>`
    SELECT v.id AS "voterId", v."sessionId", v."voterClass", v.present FROM "BallotPass" b JOIN "ReviewVoter" v ON v.id = b."voterId"
    WHERE b."keyHash" = ${keyHash} AND v.channel = 'card'`;
  return found ?? null;
}
