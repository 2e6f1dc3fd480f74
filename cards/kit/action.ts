import { z } from 'zod';

/**
 * 动作 — the contract between a button and its handler: a name, the shape of what the button carries
 * (`payload`: ids only; it is a hint which object is meant, never a right) and, for a form's submit button,
 * the shape of what the person fills in (`form`: hostile text).
 */
export interface ActionDefinition<Payload, Form> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
  readonly form: z.ZodType<Form>;
  /** 密封 — a ballot: inbox, log and audit keep neither actor nor payload. */
  readonly sealed: boolean;
  /**
   * 成批 — may share one transaction with other clicks of the same instant (group commit). Only for handlers whose
   * every change is a compare-and-set or an insert under a unique key.
   */
  readonly burst: boolean;
}

/** 定义动作 @param name `feature.verb` */
export function defineAction<Payload, Form = Record<string, never>>(
  name: string,
  payload: z.ZodType<Payload>,
  options: { form?: z.ZodType<Form>; sealed?: boolean; burst?: boolean } = {},
): ActionDefinition<Payload, Form> {
  return {
    name,
    payload,
    form: options.form ?? (z.object({}) as unknown as z.ZodType<Form>),
    sealed: options.sealed ?? false,
    burst: options.burst ?? false,
  };
}

/** 带动作的按钮值 — what a button puts into `value`; runtime/seal adds the MAC before the card leaves. */
export interface ActionValue {
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** 绑定 — an action with its payload, ready to be put on a button. */
export function bind<Payload extends Record<string, unknown>>(
  action: ActionDefinition<Payload, never> | ActionDefinition<Payload, unknown> | ActionDefinition<Payload, Record<string, never>>,
  payload: Payload,
): ActionValue {
  return { action: action.name, payload };
}
