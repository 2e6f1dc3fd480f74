import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '#db/client';

/** 常见写法的数据库 — who waits for a connection waits: our limit of five seconds would turn the tail of its burst into failures. */
export function openPlain(url: string): Database {
  const database = openDatabase(url, { poolMax: 10 });
  database.pool.options.connectionTimeoutMillis = 0;
  return database;
}

/** 常见的写法 — one transaction a vote, with a counter row: look at the round, mark the voter, write the ballot, add one. */
export async function plainVote(database: Database, { roundId, holder, choice }: { roundId: string; holder: string; choice: string }): Promise<void> {
  await database.prisma.$transaction(
    async (tx) => {
      const round = await tx.ballotRound.findUnique({ where: { id: roundId } });
      if (round?.state !== 'open') throw new Error('closed');
      await tx.ballotMark.create({ data: { roundId, holder } });
      await tx.ballot.create({ data: { id: randomUUID(), roundId, voterClass: '领导', choice } });
      await tx.$executeRaw`UPDATE "BenchCounter" SET votes = votes + 1 WHERE "roundId" = ${roundId}`;
    },
    { maxWait: 60_000, timeout: 60_000 },
  );
}
