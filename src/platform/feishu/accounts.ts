import type { Account } from '#core/job';
import { PlatformError } from '../errors.ts';
import type { Call } from './call.ts';

/** contract 4.8 */
const mobilesPerCall = 50;

/** 按手机号找账号 — open_id, and user_id too where the app may see it. Keys are the numbers as they were given. @throws PlatformError */
export async function findAccounts(call: Call, mobiles: readonly string[]): Promise<Map<string, Account>> {
  const numbers = [...new Set(mobiles.map(plainNumber))];
  const openIds = new Map<string, string>();
  const userIds = new Map<string, string>();
  for (let at = 0; at < numbers.length; at += mobilesPerCall) {
    const chunk = numbers.slice(at, at + mobilesPerCall);
    await collect(openIds, call, { type: 'open_id', numbers: chunk });
    await collect(userIds, call, { type: 'user_id', numbers: chunk }).catch(toleratesMissingScope);
  }
  const accounts = new Map<string, Account>();
  for (const mobile of mobiles) {
    const openId = openIds.get(plainNumber(mobile));
    const userId = userIds.get(plainNumber(mobile));
    if (openId !== undefined) accounts.set(mobile, { openId, ...(userId === undefined ? {} : { userId }) });
  }
  return accounts;
}

async function collect(
  found: Map<string, string>,
  call: Call,
  { type, numbers }: { type: 'open_id' | 'user_id'; numbers: readonly string[] },
): Promise<void> {
  const { data } = await call('findAccounts', (client, options) =>
    client.contact.v3.user.batchGetId({ params: { user_id_type: type }, data: { mobiles: numbers.map(dialled) } }, options),
  );
  // 查不到或看不见的人也在应答里，只是没有 user_id。
  for (const { mobile, user_id: id } of data?.user_list ?? []) if (mobile && id) found.set(plainNumber(mobile), id);
}

/** user_id 要另外的权限；没有也能办事，只是少一个备用的号。 */
function toleratesMissingScope(error: unknown): void {
  const isRefused = error instanceof PlatformError && (error.kind === 'unauthorized' || error.kind === 'rejected');
  if (!isRefused) throw error;
}

/** 内地号码写不写 +86 都是同一个 */
function plainNumber(mobile: string): string {
  return mobile.replace(/\D/g, '').replace(/^(?:00)?86(?=1\d{10}$)/, '');
}

/** 内地号码照写，其余须带加号和区号 */
function dialled(number: string): string {
  return /^1\d{10}$/.test(number) ? number : `+${number}`;
}
