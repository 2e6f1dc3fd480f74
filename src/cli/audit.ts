import { InvalidError } from '#core/errors';
import { withTransaction } from '#db/transaction';
import type { ChainHead } from '#domain/audit/model';
import { verifyAudit } from '#domain/audit/verify';
import { exitCodes, type Shell } from './shell.ts';
import { openWorkplace } from './workplace.ts';

/**
 * 校验留痕 — reads the whole trail and names the first line that is not as it was written.
 * @param options.anchor earlier results, `序号:哈希`, kept outside the database
 */
export async function verifyTrail(shell: Shell, { anchor }: { anchor: readonly string[] }): Promise<number> {
  const anchors = anchor.map(readAnchor);
  const place = await openWorkplace(shell);
  try {
    const { checked, fault, head } = await verifyAudit((work) => withTransaction(place.database, work), { anchors });
    if (fault) {
      shell.out(`留痕不符：${fault.finding}。前${checked}条相符。请保留数据库现状并联系技术人员。`);
      return exitCodes.refused;
    }
    shell.out(`留痕${checked}条，逐条相符`);
    if (checked > 0) shell.out(`锚 ${head.seq}:${head.hash}（请抄存在数据库之外，下次用 --anchor 核对）`);
    return exitCodes.done;
  } finally {
    await place.close();
  }
}

function readAnchor(text: string): ChainHead {
  const match = /^(\d+):(\S+)$/.exec(text);
  if (!match) throw new InvalidError(`锚“${text}”的写法不对，应为“序号:哈希”`);
  return { seq: BigInt(match[1] ?? ''), hash: match[2] ?? '' };
}
