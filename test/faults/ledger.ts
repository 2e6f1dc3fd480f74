import { createHash } from 'node:crypto';
import { cardOf, type Message } from '#platform/emulator/model';
import { textOfCard } from '../harness.ts';
import { checkChain } from '../simulation/checks.ts';
import type { World } from '../simulation/world.ts';
import { trailGaps } from '../trail.ts';

/** 算账 — what there is when all is quiet, in a form that two tellings of the same story share however often the program died in one of them. */
export interface Ledger {
  /** each row of each table of the product's business */
  readonly rows: readonly string[];
  /** each message of ours, with what it says now and what the outbox sent it for */
  readonly messages: readonly string[];
  /** what must not be, whatever the story */
  readonly problems: readonly string[];
}

/** 机房自己的表：断一次电，里面本就不同。发件箱另行核对；文件按内容存，断在中途的可以多存一份 */
const engineRoom = ['InboundEvent', 'OutboxEntry', 'ApiCall', 'CardMessage', 'ScheduleRun', 'AuditHead', 'UploadedFile', 'Blob', 'BlobPart'];
/** 数着次数、记着链条的列 */
const countingColumns = ['seq', 'hash', 'prevHash', 'sourceEventId', 'woken', 'version', 'accessKey', 'rollHash'];

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** 收账 */
export async function takeLedger(world: World): Promise<Ledger> {
  return { rows: await rowsOf(world), messages: await messagesOf(world), problems: await problemsOf(world) };
}

/** 两本账之差 — empty: the same. */
export function differences(wanted: Ledger, found: Ledger): string[] {
  const lines = (name: string, left: readonly string[], right: readonly string[]): string[] => [
    ...lacking(left, right).map((line) => `少了${name} ${line}`),
    ...lacking(right, left).map((line) => `多了${name} ${line}`),
  ];
  return [...found.problems, ...lines('一行', wanted.rows, found.rows), ...lines('一条', wanted.messages, found.messages)];
}

function lacking(all: readonly string[], from: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of from) left.set(line, (left.get(line) ?? 0) + 1);
  return all.filter((line) => {
    const times = left.get(line) ?? 0;
    left.set(line, times - 1);
    return times <= 0;
  });
}

interface Row {
  readonly table: string;
  readonly id: string | undefined;
  readonly text: string;
}

/** 业务的每一行 — ids are replaced by what the row that they name says, so that a row must also belong to the right one. */
async function rowsOf(world: World): Promise<string[]> {
  const tables = await world.sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL($1) AND tablename NOT LIKE '\\_%' ORDER BY 1`,
    [engineRoom],
  );
  const rows: Row[] = [];
  for (const { name } of tables) {
    for (const { row } of await world.sql<{ row: Record<string, unknown> }>(`SELECT to_jsonb(t) AS row FROM "${name}" t`)) {
      for (const column of countingColumns) delete row[column];
      const id = typeof row['id'] === 'string' ? row['id'] : undefined;
      rows.push({ table: name, id, text: timeless(JSON.stringify(row)) });
    }
  }
  let labels = new Map<string, string>();
  const labelled = ({ table, text }: Row): string => `${table} ${text.replaceAll(uuid, (found) => labels.get(found) ?? '编号')}`;
  for (let round = 0; round < 3; round += 1) {
    labels = new Map(rows.flatMap((row) => (row.id === undefined ? [] : [[row.id, `‹${fingerprint(labelled(row))}›`] as const])));
  }
  return rows.map(labelled);
}

const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** 时刻、消息号、摘要、按钮上的封印，每次都不同；日子、名字、数目不许不同。 */
function timeless(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g, '时刻')
    .replaceAll(/\d{1,2}:\d\d(?::\d\d)?/g, '时刻')
    .replaceAll(/om_[0-9a-z]+/g, '消息号')
    .replaceAll(/\b[0-9a-f]{32,}\b/g, '摘要');
}

/** 平台上我们的每一条 — to whom, for what, and what it says now. */
async function messagesOf(world: World): Promise<string[]> {
  const kept = await world.sql<{ id: string; dedupeKey: string }>(`SELECT id, "dedupeKey" FROM "OutboxEntry"`);
  const purposes = new Map(kept.map(({ id, dedupeKey }) => [id, dedupeKey]));
  const { store } = world.emulator;
  return ours(world).map((message) => {
    const chat = store.chat(message.chatId);
    const place = chat?.kind === 'p2p' ? chat.members.map((openId) => store.person(openId)?.name ?? '').join('') : (chat?.name ?? '');
    const purpose = (purposes.get(message.uuid ?? '') ?? '').replaceAll(uuid, '编号');
    return timeless(`${place} ${purpose}：${wordsOf(message)}`);
  });
}

function wordsOf(message: Message): string {
  const card = cardOf(message);
  if (card) return textOfCard(card).replaceAll('\n', '｜');
  return message.content.replaceAll(/"file_key":"[^"]*"/g, '');
}

const ours = ({ emulator: { store } }: World): Message[] =>
  store.chats().flatMap(({ chatId }) => store.messagesOf(chatId).filter(({ sender }) => sender.kind === 'bot'));

/** I2、I7、I9：发件箱与平台一一对应，都了结了；留痕接得上；平台没有嫌多 */
async function problemsOf(world: World): Promise<string[]> {
  const entries = await world.sql<{ id: string; kind: string; state: string; dedupeKey: string; lastError: string | null; due: boolean }>(
    `SELECT id, kind, state, "dedupeKey", "lastError", "notBefore" <= $1 AS due FROM "OutboxEntry"`,
    [world.now()],
  );
  const problems: string[] = [];
  const sends = new Map<string, number>();
  for (const { uuid: sent } of ours(world)) sends.set(sent ?? '', (sends.get(sent ?? '') ?? 0) + 1);
  for (const { id, kind, state, dedupeKey, lastError, due } of entries) {
    const times = sends.get(id) ?? 0;
    sends.delete(id);
    if (state === 'dead') problems.push(`I2 放弃了 ${kind} ${dedupeKey}：${lastError ?? ''}`);
    if (due && (state === 'pending' || state === 'sending')) problems.push(`I2 没有了结 ${kind} ${dedupeKey}`);
    if (state === 'sent' && /^send/.test(kind) && times !== 1) problems.push(`I2 发了${times}次 ${kind} ${dedupeKey}`);
  }
  for (const [id, times] of sends) problems.push(`I2 平台上有${times}条，发件箱里没有：${id}`);
  const cards = await world.sql<{ messageId: string }>(`SELECT "messageId" FROM "CardMessage" WHERE state = 'live'`);
  for (const { messageId } of cards) if (!world.emulator.store.message(messageId)) problems.push(`I2 记着平台上没有的卡片 ${messageId}`);
  return [...problems, ...(await trailGaps(world.sql)), ...(await checkChain(world)), ...world.breaches.map((breach) => `I9 ${breach}`)];
}
