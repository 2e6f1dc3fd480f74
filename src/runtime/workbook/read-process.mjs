// 读表格的进程：一份文件一个，代码由主进程备好（reader-code.ts），主进程只收结果。怎么读在 read-file.mjs。
// 读完留着，主进程要什么给什么：前几行、全部的行，或者就在这里核对（examine.mjs）。
import { examineWorkbook } from './examine.mjs';
import { readFile } from './read-file.mjs';
import { Refused } from './refused.mjs';

let bytes = Buffer.alloc(0);
const parts = [];

/** 一份交给主进程的大小：几毫秒就能拆完。 */
const portion = { cells: 5_000, textLength: 500_000 };

/** 认表所看的行数：标题、文号、说明之下就是表头。 */
const headRows = 30;

let sheets = [];
// 主进程没了，读给谁听呢。
process.once('disconnect', () => process.exit());
process.on('message', async (wanted) => {
  try {
    if (wanted.kind === 'part') parts.push(wanted.part);
    if (wanted.kind === 'open') {
      bytes = Buffer.concat(parts.splice(0));
      await open(wanted);
    }
    if (wanted.kind === 'rows') {
      await handOver(sheets);
      process.send({ kind: 'end' });
    }
    if (wanted.kind === 'examine') process.send({ kind: 'examined', ...(await examineWorkbook({ bytes, sheets }, wanted)) });
  } catch (error) {
    // 核对时倒下是程序的毛病：连同倒在哪里，说给主进程。
    const reason = reasonOf(error);
    process.send(reason === undefined ? { kind: 'failed', why: String(error?.stack ?? error) } : { kind: 'refused', reason });
  }
});

async function open({ fileName, limits }) {
  sheets = await readFile(bytes, fileName, limits);
  const heads = sheets.map((sheet) => ({ ...sheet, rows: sheet.rows.slice(0, headRows) }));
  process.send({ kind: 'opened', heads, rowCount: sheets.reduce((sum, { rows }) => sum + rows.length, 0) });
}

/** 说得出的原因 — undefined: a fault, not a refusal. */
function reasonOf(error) {
  if (error instanceof Refused || typeof error?.publicMessage === 'string') return error.publicMessage ?? error.message;
  return undefined;
}

/** 分份交出 — 主线程要一份给一份。 */
async function handOver(all) {
  for (const [index, { rows, ...sheet }] of all.entries()) {
    for (let from = 0, to = 0; from < rows.length || to === 0; from = to) {
      to = endOfPortion(rows, from);
      const asked = new Promise((resolve) => process.once('message', resolve));
      process.send({ kind: 'rows', sheet: index, ...sheet, rows: rows.slice(from, to) });
      await asked;
    }
  }
}

function endOfPortion(rows, from) {
  let [cells, text, to] = [0, 0, from];
  while (to < rows.length && cells < portion.cells && text < portion.textLength) {
    cells += rows[to].length + 1;
    for (const cell of rows[to]) if (typeof cell === 'string') text += cell.length;
    to += 1;
  }
  return Math.max(to, 1);
}
