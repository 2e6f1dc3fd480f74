import { Client } from '@larksuiteoapi/node-sdk';
import { render } from '#cards/kit/render';
import { reminderCard } from '#cards/reminders/reminder.card';
import { createFeishuPlatform } from '#platform/feishu/adapter';
import type { Content } from '#platform/port';
import { quantile, quartiles } from './load.ts';
import type { BenchOptions } from './main.ts';
import { startSubject } from './processes.ts';

/** 同时在途的发送 */
const inFlight = 32;
const warmUpSeconds = 1;
const nothing = (): void => undefined;
const quiet = { error: nothing, warn: nothing, info: nothing, debug: nothing, trace: nothing };
const app = { appId: 'cli_bench', appSecret: 'bench' };

interface Sender {
  readonly name: string;
  send(content: Content, uuid: string): Promise<unknown>;
}
interface Slice {
  readonly cpuUs: number;
  readonly perSecond: number;
}

/** 发送压测 — the processor time of one send: our adapter beside the SDK's own client, in turns in one process (G15). */
export async function benchSends({ rounds, seconds, out }: BenchOptions): Promise<void> {
  const platform = await startSubject('platform', {}, true);
  const senders = sendersTo(`http://127.0.0.1:${platform.port}`);
  out('\n| 发的是 | 书令：每次 CPU 微秒、每秒次数 | SDK 自带的客户端 | 每次 CPU 之比 |\n|---|---|---|---|');
  for (const [title, content] of contents()) {
    const slices = senders.map((): Slice[] => []);
    for (const sender of senders) await run(sender, content, warmUpSeconds);
    for (let round = 0; round < rounds; round += 1)
      // 轮流先发，谁也不总占着后一段。
      for (const nth of round % 2 === 0 ? [0, 1] : [1, 0]) slices[nth]?.push(await run(senders[nth] as Sender, content, seconds));
    const [ours = [], theirs = []] = slices;
    const shown = (list: readonly Slice[]): string => `${median(list.map(({ cpuUs }) => cpuUs))}、${median(list.map(({ perSecond }) => perSecond))}`;
    const ratios = ours.map(({ cpuUs }, round) => cpuUs / (theirs[round]?.cpuUs ?? cpuUs));
    out(`| ${title} | ${shown(ours)} | ${shown(theirs)} | ${quartiles(ratios)} |`);
  }
  platform.stop();
}

function contents(): readonly (readonly [string, Content])[] {
  const sample = reminderCard.samples.find(({ name }) => name === 'soon');
  if (!sample) throw new Error('样例 soon 没有了，换一张');
  const card = render(reminderCard(sample.props));
  return [
    ['一句文字', { text: '管-063 已采纳' }],
    [`一张到期预告卡片（${(Buffer.byteLength(JSON.stringify(card)) / 1024).toFixed(1)} KB）`, { card }],
  ];
}

function sendersTo(domain: string): readonly Sender[] {
  const ours = createFeishuPlatform({ ...app, domain, log: { warn: () => undefined } });
  const theirs = new Client({ ...app, domain, logger: quiet });
  return [
    { name: 'ours', send: (content, uuid) => ours.writer.send({ person: 'ou_bench' }, content, uuid) },
    {
      name: 'sdk',
      send: (content, uuid) => {
        const message =
          'card' in content
            ? { msg_type: 'interactive', content: JSON.stringify(content.card) }
            : { msg_type: 'text', content: JSON.stringify(content) };
        return theirs.im.v1.message.create({ params: { receive_id_type: 'open_id' }, data: { receive_id: 'ou_bench', uuid, ...message } });
      },
    },
  ];
}

async function run({ name, send }: Sender, content: Content, seconds: number): Promise<Slice> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const until = startedAt + seconds * 1000;
  let calls = 0;
  const line = async (): Promise<void> => {
    while (performance.now() < until) {
      calls += 1;
      await send(content, `${name}-${calls}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, line));
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: Math.round((user + system) / calls), perSecond: Math.round((calls / (performance.now() - startedAt)) * 1000) };
}

const median = (numbers: readonly number[]): number =>
  quantile(
    [...numbers].sort((left, right) => left - right),
    0.5,
  );
