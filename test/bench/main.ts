// 压测，不是测试：`npm run bench` 全做，`npm run bench -- 回调 导入` 只做这几样。数字与机器有关，写进文档的只写轮内的比值或附上机器。
import { parseArgs } from 'node:util';
import { benchCallbacks } from './callbacks.ts';
import { benchImport } from './import.ts';
import { benchLedgerExport } from './ledger-export.ts';
import { benchMorningRun } from './morning-run.ts';
import { benchPeers } from './peers.ts';
import { pinSelf } from './processes.ts';
import { benchReaders } from './readers.ts';
import { benchReminderSweep } from './reminder-sweep.ts';
import { benchSends } from './sends.ts';
import { benchVotes } from './votes.ts';

export interface BenchOptions {
  readonly rounds: number;
  /** 每轮秒数 */
  readonly seconds: number;
  readonly out: (line: string) => void;
}

/** 各样压测：添一样，添一个文件和这里一行 */
const benches: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  回调: benchCallbacks,
  导入: benchImport,
  导出: benchLedgerExport,
  读表: benchReaders,
  催办扫描: benchReminderSweep,
  全区催办: benchMorningRun,
  发送: benchSends,
  投票: benchVotes,
  同行: benchPeers,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '9' }, seconds: { type: 'string', default: '2' } },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(benches);
pinSelf();
for (const name of wanted) {
  const bench = benches[name];
  if (!bench) throw new Error(`没有“${name}”，可选：${Object.keys(benches).join('、')}`);
  process.stderr.write(`— ${name} —\n`);
  await bench({ rounds: Number(values.rounds), seconds: Number(values.seconds), out: (line) => void process.stdout.write(`${line}\n`) });
}
