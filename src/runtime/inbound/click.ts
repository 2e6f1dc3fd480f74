import { findButtonValue } from '#cards/kit/find-button';
import { render } from '#cards/kit/render';
import type { ActionHandler, ActionReply, Toast } from '#core/click';
import type { Actor, Tx } from '#core/context';
import { localDateOf } from '#core/dates';
import { AppError, BusyError, ConflictError, ExpiredError, InvalidError, RepeatedError } from '#core/errors';
import { recipientKey } from '#core/outbox';
import { isOutOfConnections, withTransaction } from '#db/transaction';
import type { InboundCardAction } from '#platform/inbound';
import { createBatcher } from '../batcher.ts';
import { findCardMessage, rekeyCard } from '../outbox/store.ts';
import type { Unsealed } from '../seal.ts';
import { type Done, performAlone, performTogether, type Task } from '../unit-of-work.ts';
import { draw } from './draw-card.ts';
import { createGate } from './gate.ts';
import { parseInput } from './parse-input.ts';
import { type DispatchParts, incidentCode } from './parts.ts';
import { answerStale } from './stale-card.ts';

/** 对点击的答复 — the body is ready to be sent as it is. */
export interface ClickOutcome {
  readonly body: string;
  /** nothing was queued: nobody need look into the outbox */
  readonly quiet?: boolean;
}

const batchSizeMax = 128;
const batchesInFlightMax = 2;
/** 平台等答复三秒：排到这么久还轮不到，不如说正忙 */
const waitMaxMs = 2_000;
/** 池里留给成批的点击和后台的连接 */
const connectionsKept = 4;

/** 建点击分派 — the button's seal, the handler, the shapes, the right and the rule, in this order; refusals become toasts. */
export function createClickDispatch(parts: DispatchParts) {
  const batcher = createBatcher<Task<ActionReply>, Done<ActionReply>>((tasks) => performTogether(parts, tasks), {
    sizeMax: batchSizeMax,
    inFlightMax: batchesInFlightMax,
  });
  const { max: poolMax } = parts.database.pool.options;
  const gate = createGate({ inFlightMax: Math.max(2, poolMax - connectionsKept), waitMaxMs });
  const dispatch = async (event: InboundCardAction): Promise<ClickOutcome> => {
    const now = parts.clock.now();
    const allowed = parts.pace.actions.take(event.operatorOpenId ?? event.operatorUserId ?? '');
    // 太快了就不再去找按钮的值，也就不知道是不是密封的：当作密封的记。
    let sealed: string | undefined = !allowed && event.value === null ? 'unknown' : undefined;
    try {
      const click = await openSeal(parts, event, { now, allowed });
      const handler = parts.registry.action(click.action);
      if (handler?.action.sealed) sealed = click.action;
      if (!handler) throw new ExpiredError('这个按钮已停用，请发送“帮助”查看现在可以办的事', `unknown action ${click.action}`);
      if (!allowed) throw tooFast();
      const task = toTask(parts, event, { click, handler, now });
      const done = handler.action.burst ? await batcher.add(task) : await gate.pass(() => performAlone(parts, task));
      if (done.kind === 'seen') noteRepeated(parts, event, sealed);
      return { body: replyBody(parts, done, { audience: click.audience, now }), quiet: done.kind === 'fresh' && !done.queued };
    } catch (thrown) {
      const error = isOutOfConnections(thrown) ? new BusyError(String(thrown)) : thrown;
      if (!(error instanceof StaleCard)) return refuse(parts, event, { error, sealed });
      return refuseStale(parts, event).catch((failed: unknown) => refuse(parts, event, { error: failed, sealed }));
    }
  };
  return { dispatch, idle: () => batcher.idle(), crowded: () => batcher.crowded() };
}

/** 太快 — an answer, never silence; whoever presses again after a few seconds gets on. */
const tooFast = (): InvalidError => new InvalidError('操作太快，刚才这一下没有办理，请过几秒再点', 'too many clicks');

/** 过期的卡片 — answered apart from the other refusals: with a line, and a fresh card where one is due. */
class StaleCard extends ExpiredError {}

async function refuseStale(parts: DispatchParts, event: InboundCardAction): Promise<ClickOutcome> {
  const { text, card, reason } = await answerStale(parts, event);
  parts.log.info({ ...placeOf(event), refusal: `expired button: ${reason}`, kind: 'StaleCard' }, 'click refused');
  const toast = { type: 'info', content: text };
  return { body: JSON.stringify({ toast, ...(card ? { card: { type: 'raw', data: render(card) } } : {}) }) };
}

/** 又来一次的 — nothing is done twice; that it came is in the log like every other click that did nothing. */
function noteRepeated(parts: DispatchParts, event: InboundCardAction, sealed: string | undefined): void {
  const where = sealed === undefined ? placeOf(event) : { action: sealed };
  parts.log.info(
    { ...where, refusal: 'the event was handled before', kind: 'RepeatedEvent' },
    sealed === undefined ? 'click refused' : 'sealed click refused',
  );
}

const placeOf = ({ eventId, messageId, operatorOpenId }: InboundCardAction) => ({ eventId, messageId, operator: operatorOpenId });

/**
 * 验印 — quality S7; when the client dropped the value, the button is found by name in the card that we sent. Whoever is too fast gets
 * no look-up out of it, and no fresh card for an old one.
 */
async function openSeal(parts: DispatchParts, event: InboundCardAction, { now, allowed }: { now: Date; allowed: boolean }): Promise<Unsealed> {
  const verdict = parts.seal.verify(event.value ?? (allowed ? await valueByName(parts, event) : null), now);
  if (verdict.kind !== 'valid' && !allowed) throw tooFast();
  switch (verdict.kind) {
    case 'valid':
      return verdict.value;
    case 'expired':
      throw new StaleCard('此卡片已过期');
    case 'forged':
      if (await isOfFormerSeal(parts, event)) throw new StaleCard('此卡片已过期');
      throw new ConflictError('此按钮无法识别，请发送“我的任务”获取最新卡片', 'forged or missing button value');
  }
}

/** 换印章之前发的 — nobody forged it: the secret was changed since. It does nothing, like a card that is out of date. */
async function isOfFormerSeal({ database, sealedFrom }: DispatchParts, { messageId }: InboundCardAction): Promise<boolean> {
  if (sealedFrom === null || messageId === null) return false;
  const message = await withTransaction(database, (tx) => findCardMessage(tx, messageId));
  return message !== null && message.sentAt < sealedFrom;
}

async function valueByName(parts: DispatchParts, { messageId, name }: InboundCardAction): Promise<unknown> {
  if (messageId === null || name === null) return null;
  const message = await withTransaction(parts.database, (tx) => findCardMessage(tx, messageId));
  return message ? findButtonValue(message.card, name) : null;
}

function toTask(
  parts: DispatchParts,
  event: InboundCardAction,
  { click, handler, now }: { click: Unsealed; handler: ActionHandler; now: Date },
): Task<ActionReply> {
  const { payload, form } = parseInput(handler.action, click.payload, event.form);
  return {
    now,
    eventKey: event.eventId,
    sealed: handler.action.sealed,
    actor: (tx) => whoClicked(parts, tx, { event, audience: click.audience, now }),
    work: async (ctx) => {
      const { messageId, chatId } = event;
      const reply = await handler.handle(ctx, payload as never, form as never, { messageId, chatId });
      const { openId } = ctx.actor;
      if (reply.cardKey !== undefined && messageId !== null && openId !== null)
        await rekeyCard(ctx.tx, { messageId, recipient: recipientKey({ person: openId }), cardKey: reply.cardKey });
      return reply;
    },
    replyToKeep: (reply) => (reply.toast === undefined ? null : { toast: toToast(reply.toast) }),
  };
}

/** 谁点的 — the platform vouches for the operator; a card meant for one person or one chat works for that one only. */
async function whoClicked(
  parts: DispatchParts,
  tx: Tx,
  { event, audience, now }: { event: InboundCardAction; audience: string; now: Date },
): Promise<Actor> {
  const who = { openId: event.operatorOpenId, userId: event.operatorUserId, today: localDateOf(now) };
  const actor = await parts.engines.resolveActor(tx, who);
  const openId = event.operatorOpenId ?? actor.openId;
  const elsewhere = audience.startsWith('person:') ? audience !== `person:${openId}` : event.chatId !== null && audience !== `chat:${event.chatId}`;
  if (elsewhere)
    throw new ConflictError('这张卡片不是发给您的，请在与我的单聊中办理', `card for ${audience} clicked by ${openId} in ${event.chatId}`);
  return actor;
}

function replyBody(parts: DispatchParts, done: Done<ActionReply>, { audience, now }: { audience: string; now: Date }): string {
  if (done.kind === 'seen') {
    const { toast } = (done.reply ?? {}) as { toast?: Toast };
    return JSON.stringify(toast ? { toast: { type: toast.type, content: toast.text } } : {});
  }
  const { toast, card } = done.value;
  const toastJson = toast === undefined ? '' : `"toast":${JSON.stringify(toWire(toToast(toast)))}`;
  if (card === undefined) return `{${toastJson}}`;
  const cardJson = draw(card, (value) => parts.seal.seal(value, audience, now));
  return `{${toastJson}${toastJson === '' ? '' : ','}"card":{"type":"raw","data":${cardJson}}}`;
}

/** 拒绝 — a toast in the user's language; what the user sees afterwards is the newest card that we sent to this message. */
async function refuse(
  parts: DispatchParts,
  event: InboundCardAction,
  { error, sealed }: { error: unknown; sealed: string | undefined },
): Promise<ClickOutcome> {
  if (sealed !== undefined) return refuseSealed(parts, sealed, error);
  const where = placeOf(event);
  if (error instanceof AppError) {
    parts.log.info({ ...where, refusal: error.message, kind: error.name }, 'click refused');
    const type = error instanceof InvalidError || error instanceof BusyError ? 'warning' : error instanceof RepeatedError ? 'info' : 'error';
    const newest = error instanceof ConflictError || error instanceof ExpiredError ? await newestCard(parts, event) : undefined;
    return { body: JSON.stringify({ toast: { type, content: error.publicMessage }, ...(newest ? { card: { type: 'raw', data: newest } } : {}) }) };
  }
  const code = incidentCode();
  parts.log.error({ ...where, code, err: error }, 'click failed');
  const content = `没有办成，请稍后再点一次；仍不行请联系系统管理员（编号 ${code}）`;
  return { body: JSON.stringify({ toast: { type: 'error', content } }) };
}

/** 密封动作的拒绝 — the log says which action and what kind of refusal, never who, when it was sent or what it carried. */
function refuseSealed(parts: DispatchParts, action: string, error: unknown): ClickOutcome {
  if (error instanceof AppError) {
    parts.log.info({ action, kind: error.name }, 'sealed click refused');
    const type = error instanceof InvalidError || error instanceof BusyError ? 'warning' : 'error';
    return { body: JSON.stringify({ toast: { type, content: error.publicMessage } }) };
  }
  const code = incidentCode();
  const { name, code: kind } = error instanceof Error ? (error as Error & { code?: unknown }) : { name: 'unknown', code: undefined };
  parts.log.error({ action, code, kind: `${name} ${String(kind ?? '')}`.trim() }, 'sealed click failed');
  return { body: JSON.stringify({ toast: { type: 'error', content: `没有办成，请稍后再点一次；仍不行请联系系统管理员（编号 ${code}）` } }) };
}

async function newestCard(parts: DispatchParts, { messageId }: InboundCardAction): Promise<unknown> {
  if (messageId === null) return undefined;
  try {
    const message = await withTransaction(parts.database, (tx) => findCardMessage(tx, messageId));
    return message?.card;
  } catch (error) {
    parts.log.warn({ err: error, messageId }, 'the newest card could not be read');
    return undefined;
  }
}

function toToast(toast: string | Toast): Toast {
  return typeof toast === 'string' ? { type: 'success', text: toast } : toast;
}

function toWire({ type, text }: Toast): { type: string; content: string } {
  return { type, content: text };
}
