import { randomBytes, randomUUID } from 'node:crypto';
import { type ActionValue, bind } from '#cards/kit/action';
import { castBallot, writeComment } from '#cards/review/actions';
import { defaultGrades } from '#domain/ballots/model';
import { encryptBody, signRequest } from '#platform/feishu/webhook-crypto';
import { createSeal } from '#runtime/seal';
import type { EmulatorWorld } from '../../src/connect-emulator.ts';

interface Database {
  query(sql: string, values?: unknown[]): Promise<unknown>;
}

/** 摆好一个会场 — a session in progress with as many voters of one class as are wanted, all of them in the hall; no round is open yet. */
export async function seedHall(db: Database, { voters, secrecy = 'simple' }: { voters: number; secrecy?: 'simple' | 'blind' }): Promise<void> {
  const rules = {
    method: 'grades',
    classes: [{ name: '领导', weight: '100' }],
    grades: defaultGrades,
    trimFrom: 6,
    emptyClass: 'block',
    smallClass: 5,
  };
  const plan = {
    ...{ heldOn: '2026-12-18', startsAt: '14:30', place: '管委会一楼报告厅', onStage: [{}], rules, press: 'first', secrecy, comments: true },
    ...{ method: 'each', voteSeconds: 90, voters: [], observers: [] },
  };
  await db.query(
    `INSERT INTO "ReviewSession" (id, number, title, "heldOn", "startsAt", place, state, trial, plan, "fileName", "blobId", "createdById", "createdAt", "confirmedBy")
     VALUES ('s', 'SZ', '述职测评', '2026-12-18', '14:30', '', 'inSession', false, $1, '', '', '', now(), '{}')`,
    [JSON.stringify(plan)],
  );
  await addSlot(db, 'last');
  await db.query(
    `INSERT INTO "Person" (id, name, mobile, "openId") SELECT 'p' || n, '测评人' || n, (17700010000 + n)::text, 'ou_voter' || n FROM generate_series(1, $1::int) n`,
    [voters],
  );
  await db.query(
    `INSERT INTO "ReviewVoter" (id, "sessionId", "voterClass", name, identity, workplace, "personId", channel, present, position)
     SELECT 'v' || n, 's', '领导', '测评人' || n, '', '', 'p' || n, 'card', true, n FROM generate_series(1, $1::int) n`,
    [voters],
  );
}

/** 添一家，述职完毕，等测评 */
export async function addSlot(db: Database, id: string): Promise<void> {
  await db.query(
    `INSERT INTO "ReviewSlot" (id, "sessionId", "unitCode", "unitName", presenter, position, state) VALUES ($1, 's', $1, '应急管理局', '潘碧云', 1, 'heard')`,
    [id],
  );
}

/** 开一轮，只有行，不经主持台 */
export async function addOpenRound(
  db: Database,
  { id, slotId, closesAt, press = 'first' }: { id: string; slotId: string; closesAt: string; press?: 'first' | 'last' },
): Promise<void> {
  await db.query(`UPDATE "ReviewSlot" SET state = 'voting' WHERE id = $1`, [slotId]);
  await db.query(
    `INSERT INTO "BallotRound" (id, "sessionId", "slotId", number, state, choices, "closesAt", "commentKey", "roundKey") VALUES ($1, 's', $2, 1, 'open', $3, $4, 'k', $5)`,
    [id, slotId, defaultGrades.map(({ name }) => name), closesAt, press === 'last' ? 'the key of this round' : null],
  );
}

/** 一次按下 — a complete, signed and encrypted callback of the platform; the words of the answer. */
export function press(
  hall: { readonly url: string; readonly connection: EmulatorWorld['connection']; readonly now: Date },
  { voter, roundId, choice, eventId }: { voter: number; roundId: string; choice: string; eventId?: string },
): Promise<string> {
  return click(hall, voter, { value: bind(castBallot, { sessionId: 's', roundId, choice }), ...(eventId === undefined ? {} : { eventId }) });
}

/** 送一条评语 — the form on the card of those who have voted. */
export function say(
  hall: Parameters<typeof press>[0],
  { voter, roundId, comment }: { voter: number; roundId: string; comment: string },
): Promise<string> {
  return click(hall, voter, { value: bind(writeComment, { sessionId: 's', rounds: [roundId] }), form: { comment } });
}

async function click(
  hall: Parameters<typeof press>[0],
  voter: number,
  { value: unsealed, form, eventId = randomUUID() }: { value: ActionValue; form?: Readonly<Record<string, string>>; eventId?: string },
): Promise<string> {
  const { appId, appSecret, encryptKeys, verificationToken, tenantKey } = hall.connection;
  const openId = `ou_voter${voter}`;
  const nowMs = hall.now.getTime();
  const value = createSeal(appSecret).seal(unsealed, `person:${openId}`, hall.now);
  const header = {
    event_id: eventId,
    token: verificationToken,
    create_time: `${nowMs}000`,
    event_type: 'card.action.trigger',
    tenant_key: tenantKey,
    app_id: appId,
  };
  const event = {
    operator: { tenant_key: tenantKey, open_id: openId },
    token: `c-${randomBytes(8).toString('hex')}`,
    action: { value, tag: 'button', ...(form ? { name: 'say', form_value: form } : {}) },
    host: 'im_message',
    context: { open_message_id: `om_${randomUUID()}`, open_chat_id: `oc_${voter}` },
  };
  const body = encryptBody(JSON.stringify({ schema: '2.0', header, event }), encryptKeys[0] ?? '');
  const signed = signRequest(body, {
    timestamp: String(Math.floor(nowMs / 1000)),
    nonce: randomBytes(8).toString('hex'),
    encryptKey: encryptKeys[0] ?? '',
  });
  const reply = await fetch(`${hall.url}/webhook/card`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...signed } });
  return ((await reply.json()) as { toast?: { content: string } }).toast?.content ?? '';
}
