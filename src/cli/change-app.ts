import { InvalidError } from '#core/errors';
import { changedAppMark } from '#core/outbox';
import { forgetLeaders } from '#domain/groups/store';
import { forgetAccounts } from '#domain/roster/store';
import { rebindJob } from '#features/roster/rebind';
import { moveDatabase } from '#runtime/installation/claim';
import { findInstallation, forgetSent } from '#runtime/installation/store';
import { asSystem } from '../app.ts';
import { exitCodes, type Shell } from './shell.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

/**
 * 换应用 — hands the database to the application that is configured now: accounts and groups are numbered anew for it, and the messages
 * of the former one can't be changed by it any more. People are found by their mobiles when the program starts, and get what waits for them.
 * @param options.confirm the new App ID once more; without it only what would happen is said
 * @throws InvalidError when there is nothing to change, or for the demo
 */
export async function changeApp(shell: Shell, { confirm }: { confirm?: string }): Promise<number> {
  const place = await openWorkplace(shell);
  try {
    const { appId } = place.application;
    const former = await asSystem(place, place.clock.now(), (ctx) => findInstallation(ctx.tx));
    if (!former) throw new InvalidError('这个数据库还没有用过，直接启动就行');
    if (former.appId === appId) throw new InvalidError(`这个数据库已经是应用 ${appId} 的，不用换`);
    if (former.demo || place.application.demo)
      throw new InvalidError('演示的数据不能交给正式的应用，反过来也不行。请另换一个 DATA_DIR 或 DATABASE_URL');
    if (confirm !== appId) {
      for (const line of forewarning(former.appId, appId)) shell.out(line);
      return exitCodes.refused;
    }
    for (const line of await change(place, former.appId)) shell.out(line);
    return exitCodes.done;
  } finally {
    await place.close();
  }
}

const forewarning = (from: string, to: string): readonly string[] => [
  `要把数据库从应用 ${from} 交给 ${to}，还没有换。`,
  '会做的：各人的账号按手机号重新认，群等机器人进群再绑；旧应用发的卡片不再更新，还没发出的不再发，等人办的由新应用重发；事项、反馈、文号、留痕不动。',
  `先停下程序、做好备份，再运行 npm run cli -- change-app --confirm ${to}`,
];

function change(place: Workplace, from: string): Promise<readonly string[]> {
  const now = place.clock.now();
  const { application } = place;
  return asSystem(place, now, async (ctx) => {
    const { mobiles, chats } = await forgetAccounts(ctx.tx, now);
    await forgetLeaders(ctx.tx);
    const { cards, unsent } = await forgetSent(ctx.tx, { now, reason: `${changedAppMark}${from} 写下的，未再发` });
    await moveDatabase(ctx.tx, { application, now });
    ctx.audit.record({ subject: { type: 'application', id: application.appId }, event: 'change', before: from, after: application.appId });
    ctx.outbox.job(rebindJob, { mobiles, asked: null }, { dedupeKey: `roster.rebind:${application.appId}:${now.toISOString()}` });
    return [
      `数据库已交给应用 ${application.appId}。旧应用发的${cards}张卡片不再更新，${unsent}件没有发出的不再发。`,
      `启动程序之后，${mobiles.length}人的账号按手机号重新认，等他办的随即重发（夜里、假日等到上班）；没有认到的看“诊断”。`,
      `${chats}个群要把机器人拉进去，群名对得上就绑好；已经拉进去的，把花名册再发一次。群里的旧卡片点不动了，请在群里说明。`,
    ];
  });
}
