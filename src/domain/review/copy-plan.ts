import { isRealDate, type LocalDate } from '#core/dates';
import { InvalidError } from '#core/errors';
import { digitsOf } from '../roster/read-roster.ts';
import type { Finding } from '../workbook-import/model.ts';
import { quote } from '../workbook-import/quote.ts';
import type { RosterView } from '../workbook-import/roster-view.ts';
import type { PlannedSlot, SessionPlan } from './model.ts';

/**
 * 照上次的方案 — everything but the day: the same units, voters, weights and rules, held against today's roster.
 * @throws InvalidError when the day is not a day, or is past
 */
export function copyPlan(
  former: SessionPlan,
  { heldOn, today, trial, roster }: { heldOn: string; today: LocalDate; trial: boolean; roster: RosterView },
): { readonly plan: SessionPlan; readonly errors: readonly Finding[] } {
  if (!isRealDate(heldOn)) throw new InvalidError(`${quote(heldOn)}不是日期，请写成：述职 照上次 2027-01-15`);
  if (heldOn < today) throw new InvalidError(`${quote(heldOn)}已经过去，请写今天以后的日期`);
  const number = `SZ-${heldOn}${trial ? '-试' : ''}`;
  const title = former.title.replace(/^20\d\d年度/, `${heldOn.slice(0, 4)}年度`);
  const { observerChanges: _changes, observerAsked: _asked, ...kept } = former;
  const plan: SessionPlan = { ...kept, number, title, heldOn, trial, drawId: number };
  return { plan, errors: [...slotFaults(plan, roster), ...voterFaults(plan, roster)] };
}

const finding = (sheet: string, code: string, [message, suggestion]: readonly [string, string]): Finding => ({
  ...{ sheet, row: 0, cell: '', code: quote(code), rule: '述职方案', message, suggestion },
});

function slotFaults({ onStage, written }: SessionPlan, { units, people }: RosterView): Finding[] {
  const check = (sheet: string, { unitCode, unitName, presenter }: PlannedSlot): Finding[] => {
    const unit = units.find(({ code }) => code === unitCode);
    if (!unit) return [finding(sheet, unitName, ['已不在花名册里', '请改用表格发来新的方案'])];
    if (unit.name !== unitName) return [finding(sheet, unitName, [`在花名册里已改为${unit.name}`, '请改用表格发来新的方案'])];
    if (people.some(({ name, posts }) => name === presenter && posts.some((post) => post.unitCode === unitCode))) return [];
    const head = people.find(({ posts }) => posts.some((post) => post.unitCode === unitCode && post.role === 'unitHead'));
    const now = head ? `，现在的主要负责人是${head.name}` : '';
    return [finding(sheet, unitName, [`述职人${presenter}已不在${unitName}任职${now}`, '请改用表格发来新的方案'])];
  };
  return [...onStage.flatMap((slot) => check('台上单位', slot)), ...written.flatMap((slot) => check('书面述职单位', slot))];
}

function voterFaults({ voters }: SessionPlan, { people }: RosterView): Finding[] {
  const known = new Map(people.map(({ mobile, name }) => [digitsOf(mobile), name]));
  return voters.flatMap(({ name, mobile, channel }) =>
    channel === 'card' && known.get(mobile ?? '') !== name ? [finding('测评人', name, ['手机号或姓名与花名册不符', '请改用表格发来新的方案'])] : [],
  );
}
