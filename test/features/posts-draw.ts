import type { ActionValue } from '#cards/kit/action';
import { addDays } from '#core/dates';
import { type Act, type Item, type Model, mayDo, type Person } from './posts-model.ts';
import { cast, type World } from './posts-world.ts';

/** 抽到的数：谁、哪一个、怎样；`right`：从有权的人里抽 */
export interface Drawn {
  readonly who: number;
  readonly which: number;
  readonly other: number;
  readonly right: boolean;
  /** 轮到谁谁办：只抽这一步该办的 */
  readonly turn?: boolean;
}

/** 一步要做的：谁按什么，应当怎样 */
export interface Plan {
  readonly person: Person;
  readonly button: ActionValue;
  readonly form?: Record<string, unknown>;
  readonly expected: 'done' | 'forbidden' | 'refused';
  /** 办成之后模型变成怎样；新立的编号由库里补上 */
  readonly apply: () => void;
  /** 由不得产品当场说出没有人收到的 */
  readonly silent?: boolean;
}

/** 不是按按钮的一步 */
export interface Deed {
  readonly does: (world: World) => Promise<void>;
  readonly apply: () => void;
  /** 由不得产品当场说出没有人收到的 */
  readonly silent: boolean;
}

export type Make = (model: Model, drawn: Drawn, world: World) => Plan | Deed | null;

export const pick = <T>(list: readonly T[], number: number): T | undefined => list[number % Math.max(1, list.length)];
export const players = (model: Model): Person[] =>
  [...model.people.values()].filter(({ name, openId }) => (cast as readonly string[]).includes(name) && openId !== null);
const isOff = (day: string): boolean => {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 0 || weekday === 6 || (day >= '2026-06-19' && day <= '2026-06-21');
};
export const nextWorkingDay = (day: string): string => (isOff(addDays(day, 1)) ? nextWorkingDay(addDays(day, 1)) : addDays(day, 1));
const previousWorkingDay = (day: string): string => (isOff(addDays(day, -1)) ? previousWorkingDay(addDays(day, -1)) : addDays(day, -1));

/** 延期最晚哪天申请：时限之前三个工作日 */
export function lastAskingDay(due: string): string {
  const last = isOff(due) ? previousWorkingDay(due) : due;
  return previousWorkingDay(previousWorkingDay(previousWorkingDay(last)));
}

/** 谁来按：有权的里抽，或人人里抽 */
export function whoDoes(model: Model, { who, right }: Drawn, may: (id: string) => boolean): Person | undefined {
  const able = players(model).filter(({ id }) => may(id));
  return pick(right && able.length > 0 ? able : players(model), who);
}

export const verdict = (may: boolean, possible: boolean): Plan['expected'] => (may ? (possible ? 'done' : 'refused') : 'forbidden');

/** 有权的人里抽一个，去办一件事项 */
export function onItem(model: Model, drawn: Drawn, { act, item, possible, button, form, apply }: OnItem): Plan | null {
  const person = whoDoes(model, drawn, (id) => mayDo(model, id, act, { item }));
  if (!person) return null;
  const expected = verdict(mayDo(model, person.id, act, { item }), possible);
  return { person, button, expected, apply: () => apply(person), ...(form ? { form } : {}) };
}
export interface OnItem {
  readonly act: Act;
  readonly item: Item;
  readonly possible: boolean;
  readonly button: ActionValue;
  readonly form?: Record<string, unknown>;
  readonly apply: (person: Person) => void;
}

export const itemsOf = (model: Model): Item[] => [...model.items.values()];
export const pending = ({ report }: Item): boolean => report?.status === 'submitted' || report?.status === 'signedOff';
