import type { Tx } from '#core/context';
import { type ChainedLine, type ChainHead, hashOf, origin } from './model.ts';
import { auditEdges, auditPage } from './store.ts';

/**
 * 不符之处 — `altered` 内容与哈希不符 · `unlinked` 接不上前一条 · `missing` 少了 · `added` 多出来 ·
 * `cut` 尾部被截 · `headMoved` 链头与最后一条不符 · `anchorBroken` 与留在外面的锚不符
 */
export type ChainFaultKind = 'altered' | 'unlinked' | 'missing' | 'added' | 'cut' | 'headMoved' | 'anchorBroken';

/** 第一处不符 */
export interface ChainFault {
  readonly kind: ChainFaultKind;
  /** the number of the first line that is not as it was written, as far as it can be told */
  readonly seq: bigint;
  /** one sentence for people */
  readonly finding: string;
}

/** 校验结果 */
export interface ChainVerdict {
  /** lines read and found good, from the first on */
  readonly checked: number;
  readonly fault: ChainFault | null;
  /** number and hash of the last good line: the anchor to keep outside from now on */
  readonly head: ChainHead;
}

/** 链的两端 — read in one statement, so that lines appended meanwhile disturb nothing. */
interface ChainEdges {
  /** null: the row of the head is gone */
  readonly head: ChainHead | null;
  readonly lastSeq: bigint;
}

/** 读 — runs each read in a transaction: one for all, or a short one per page when the chain is long. */
export type Read = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

/**
 * 校验留痕 — reads the whole chain in pages and names the first line that is not as it was written.
 * @param read `(work) => work(tx)` inside a transaction; `(work) => withTransaction(database, work)` outside of one
 * @param options.anchors heads that were noted outside this database earlier, in any order: without one, whoever may rewrite everything
 * (lines and head) can't be told from a true chain
 * @param options.pageSize lines per read
 */
export async function verifyAudit(
  read: Read,
  { anchors = [], pageSize = 5_000 }: { anchors?: readonly ChainHead[]; pageSize?: number } = {},
): Promise<ChainVerdict> {
  const edges = await read(auditEdges);
  return verifyChain(pagesOf(read, edges.lastSeq, pageSize), edges, anchors);
}

/**
 * Starts below every number there can be, so that a line smuggled in before the first is met too; stops at the end seen at the start.
 * The database prepares a page while the one before it is being hashed.
 */
async function* pagesOf(read: Read, lastSeq: bigint, pageSize: number): AsyncGenerator<readonly ChainedLine[]> {
  const load = (after: bigint): Promise<ChainedLine[]> => read((tx) => auditPage(tx, after, pageSize));
  let coming: Promise<ChainedLine[]> | null = load(lowest);
  try {
    while (coming !== null) {
      const page: ChainedLine[] = await coming;
      const last = BigInt(page.at(-1)?.seq ?? lastSeq);
      coming = last < lastSeq ? load(last) : null;
      yield page.filter(({ seq }) => BigInt(seq) <= lastSeq);
    }
  } finally {
    // 前面已发现不符，后一页不再看，但要等它读完，事务才能收尾。
    await coming?.catch(() => undefined);
  }
}

const lowest = -(2n ** 63n);

/** 校验链 — line by line, over pages in order. */
async function verifyChain(
  pages: AsyncIterable<readonly ChainedLine[]>,
  { head, lastSeq }: ChainEdges,
  anchors: readonly ChainHead[] = [],
): Promise<ChainVerdict> {
  const anchored = new Map(anchors.map(({ seq, hash }) => [String(seq), hash]));
  let good: ChainHead = origin;
  const verdict = (fault: ChainFault | null): ChainVerdict => ({ checked: Number(good.seq), fault, head: good });
  for await (const page of pages) {
    for (const line of page) {
      const fault = faultOf(line, { good, head, anchor: anchored.get(line.seq) });
      if (fault) return verdict(fault);
      good = { seq: good.seq + 1n, hash: line.hash };
    }
  }
  return verdict(faultAtEnd(good, { head, lastSeq, anchors }));
}

/** 一条 — checked against the one before it, against itself, and against an anchor noted for it. */
function faultOf(
  line: ChainedLine,
  { good, head, anchor }: { good: ChainHead; head: ChainHead | null; anchor: string | undefined },
): ChainFault | null {
  const seq = BigInt(line.seq);
  const expected = good.seq + 1n;
  if (seq > expected) return { kind: 'missing', seq: expected, finding: `少了第${expected}条：第${good.seq}条之后就是第${seq}条` };
  if (seq < expected) return { kind: 'added', seq, finding: `多出第${seq}条：留痕从第1条起` };
  if (head && seq > head.seq) return { kind: 'added', seq, finding: `第${seq}条是后加的：链头只到第${head.seq}条` };
  if (line.prevHash !== good.hash) return { kind: 'unlinked', seq, finding: `第${seq}条接不上第${good.seq}条：其中一条被改写过` };
  if (hashOf(line) !== line.hash) return { kind: 'altered', seq, finding: `第${seq}条的内容被改过` };
  if (anchor !== undefined && anchor !== line.hash)
    return { kind: 'anchorBroken', seq, finding: `第${seq}条与当时留下的锚不符：到这一条为止的留痕被重写过` };
  return null;
}

function faultAtEnd(
  good: ChainHead,
  { head, lastSeq, anchors }: { head: ChainHead | null; lastSeq: bigint; anchors: readonly ChainHead[] },
): ChainFault | null {
  const next = good.seq + 1n;
  if (good.seq < lastSeq) return { kind: 'missing', seq: next, finding: `第${next}条起读不到了` };
  if (!head) return { kind: 'headMoved', seq: next, finding: '链头不见了' };
  if (good.seq < head.seq) return { kind: 'cut', seq: next, finding: `尾部被截：链头记到第${head.seq}条，只剩${good.seq}条` };
  if (good.hash !== head.hash) return { kind: 'headMoved', seq: good.seq, finding: `链头与第${good.seq}条不符` };
  const beyond = anchors.find(({ seq }) => seq > good.seq);
  if (beyond) return { kind: 'cut', seq: next, finding: `尾部被截：留下的锚记到第${beyond.seq}条，只剩${good.seq}条` };
  return null;
}
