import type { CardJson } from '#cards/kit/card';
import { type ClientErrorCode, clientErrorTerms, judge, type SeenToast } from './callback-answer.ts';
import { type Component, callbackValue, findComponent, isJson, type Json, linkOf, type Target, textOf } from './components.ts';
import type { DeliveryDesk } from './delivery.ts';
import { idsOf } from './events.ts';
import { chosen, collectForm, type FieldProblem } from './form-values.ts';
import { cardOf, type Delivery, type Message, type Person } from './model.ts';
import type { EmulatorStore } from './store.ts';

/** 怎么点 — which component, and what was filled in or chosen. */
export interface Click extends Target {
  /** by field name, for a form's submit button */
  readonly form?: Json;
  /** for a stand-alone input, select, picker, overflow or checker */
  readonly value?: unknown;
}

export type RefusalReason = 'required' | 'tooLong' | 'disabled' | 'expired' | 'recalled' | 'forwarded' | 'inert';

/** 点的人看到什么 */
export type Seen =
  | { readonly kind: 'answered'; readonly toast: SeenToast | null; readonly card: CardJson | null }
  /** the client or the platform shows an error number */
  | { readonly kind: 'failed'; readonly code: ClientErrorCode; readonly words: string }
  /** the client itself says no; nothing was sent */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly words: string; readonly field?: string }
  | { readonly kind: 'link'; readonly url: string };

export interface ClickResult {
  readonly seen: Seen;
  /** null when nothing was sent */
  readonly delivery: Delivery | null;
  /** real ms until the answer */
  readonly tookMs: number;
}

const cardLifeMs = 14 * 24 * 60 * 60 * 1000;

/**
 * 点卡片 — the client's checks, the callback, the client's judgement of the answer; a returned card replaces the old one.
 * @throws Error when the card has no such button or field: a mistake of who wrote the test
 */
export async function clickCard(
  { store, desk }: { store: EmulatorStore; desk: DeliveryDesk },
  { person, message, click }: { person: Person; message: Message; click: Click },
): Promise<ClickResult> {
  const card = cardOf(message, person.openId);
  if (!card) throw new Error(`消息 ${message.messageId} 不是卡片`);
  const unsent = (seen: Seen): ClickResult => ({ seen, delivery: null, tookMs: 0 });
  const dead = whyDead(store, message, card);
  if (dead) return unsent(dead);
  const component = findComponent(card, click);
  const { seen, action } = outcomeOf(store, { card, component, click });
  if (action === undefined) return unsent(seen);
  store.pendingClicks.add(message.messageId);
  try {
    return await callBack({ store, desk }, { person, message, action });
  } finally {
    store.pendingClicks.delete(message.messageId);
  }
}

/** 发出回调，收下答复 — also for acts that bypass the client. @param action as the platform sends it */
export async function callBack(
  { store, desk }: { store: EmulatorStore; desk: DeliveryDesk },
  { person, message, action }: { person: Person; message: Message; action: Json },
): Promise<ClickResult> {
  const { tenantKey } = store.app();
  const { open_id: openId, ...otherIds } = idsOf(store, person);
  const sent = await desk.sendCallback({
    operator: { tenant_key: tenantKey, ...(store.switches().operatorOpenId === 'present' ? { open_id: openId } : {}), ...otherIds },
    token: store.mint('c-'),
    action,
    host: 'im_message',
    context: { open_message_id: message.messageId, open_chat_id: message.chatId },
  });
  if (!sent) return { seen: failed(200340), delivery: null, tookMs: 0 };
  const { delivery, transmission } = sent;
  const judged = judge(store, transmission);
  if (judged.kind === 'failed') return { seen: failed(judged.code), delivery, tookMs: transmission.tookMs };
  const patchedMeanwhile = store.message(message.messageId)?.revision !== message.revision;
  if (judged.card) {
    const onlyFor = store.switches().returnedCardReaches === 'clicker' ? { onlyFor: person.openId } : {};
    store.replaceCard(message.messageId, JSON.stringify(judged.card), onlyFor);
  } else if (patchedMeanwhile && store.switches().patchDuringClick === 'flips-back') {
    store.replaceCard(message.messageId, message.content, { onlyFor: person.openId });
  }
  return { seen: judged, delivery, tookMs: transmission.tookMs };
}

function failed(code: ClientErrorCode): Seen {
  return { kind: 'failed', code, words: `${clientErrorTerms[code]}（${code}）` };
}

function refuse(reason: RefusalReason, words: string, field?: string): Seen {
  return { kind: 'refused', reason, words, ...(field === undefined ? {} : { field }) };
}

function whyDead(store: EmulatorStore, message: Message, card: CardJson): Seen | null {
  if (message.recalled) return refuse('recalled', '消息已撤回');
  if (message.createdAt + cardLifeMs <= store.nowMs()) return refuse('expired', '卡片已超过 14 天，不能再操作');
  if (message.forwardedFrom !== null && card.config['enable_forward_interaction'] !== true) return refuse('forwarded', '转发的卡片不能操作');
  return null;
}

/** 点出什么来 — the `action` of the callback, or what the client shows instead of sending one. */
type ClickOutcome = { readonly action: Json; readonly seen?: never } | { readonly seen: Seen; readonly action?: undefined };

function outcomeOf(store: EmulatorStore, { card, component, click }: { card: CardJson; component: Component; click: Click }): ClickOutcome {
  const { json, tag, form } = component;
  if (json['disabled'] === true) return { seen: refuse('disabled', disabledTips(json)) };
  if (form && tag === 'button' && json['form_action_type'] === 'reset') return { seen: refuse('inert', '表单已重置') };
  if (form && tag === 'button' && json['form_action_type'] === 'submit') return submitted(store, { card, json, form, filled: click.form ?? {} });
  if (click.form !== undefined) throw new Error(`「${textOf(json)}」不是表单的提交按钮，不能带表单内容`);
  const value = callbackValue(json);
  const link = linkOf(json);
  if (value === null) return { seen: link === null ? refuse('inert', '点了没有反应') : { kind: 'link', url: link } };
  return { action: { ...commonOf(json), value, ...standAloneValue(component, click.value) } };
}

function submitted(
  store: EmulatorStore,
  { card, json, form, filled }: { card: CardJson; json: Json; form: { readonly path: string }; filled: Json },
): ClickOutcome {
  if (typeof json['name'] !== 'string' || json['name'] === '') return { seen: failed(200530) };
  const value = callbackValue(json);
  if (value === null && store.switches().submitNeedsValue) return { seen: failed(200340) };
  const collected = collectForm(card, form, { given: filled, unfilled: store.switches().unfilledField });
  if ('problem' in collected) return { seen: refusedField(collected) };
  return { action: { ...commonOf(json), ...(value === null ? {} : { value }), form_value: collected.values } };
}

function commonOf({ tag, name }: Json): Json {
  return { tag, ...(typeof name === 'string' ? { name } : {}), timezone: 'Asia/Shanghai' };
}

/** 表单之外的组件，值在 action 的哪一项里（contract 2.1）。 */
function standAloneValue(component: Component, given: unknown): Json {
  switch (component.tag) {
    case 'button':
    case 'interactive_container':
      return {};
    case 'input':
      return { input_value: String(given ?? '') };
    case 'checker':
      return { checked: typeof given === 'boolean' ? given : component.json['checked'] !== true };
    default: {
      const option = chosen(component, given);
      return Array.isArray(option) ? { options: option } : { option };
    }
  }
}

function disabledTips({ disabled_tips: tips }: Json): string {
  return isJson(tips) && typeof tips['content'] === 'string' ? tips['content'] : '按钮不可用';
}

function refusedField({ problem, field }: FieldProblem): Seen {
  switch (problem) {
    case 'nameless':
      return failed(200530);
    case 'required':
      return refuse('required', '有必填项未填写', field);
    case 'tooLong':
      return refuse('tooLong', '内容超过字数上限', field);
  }
}
