import { assignResponsible, breakDown } from '#cards/break-down/actions';
import { bind } from '#cards/kit/action';
import { adopt, returnReport, signOff, submitReport } from '#cards/progress/actions';
import { acknowledge, decideDecline, declineItem, proposeDecline, reassignItem } from '#cards/task-books/actions';
import { type Drawn, itemsOf, type Make, nextWorkingDay, onItem, type Plan, pending, pick, verdict, whoDoes } from './posts-draw.ts';
import { haltSteps } from './posts-halt-steps.ts';
import { type Act, children, decidable, hasToDo, holderOf, type Item, type Model, mayDo, waitingNow } from './posts-model.ts';
import { orderSteps, orderTurns } from './posts-order-steps.ts';
import { endOrders } from './posts-orders.ts';
import { lapse, requestSteps, requestTurns } from './posts-request-steps.ts';
import { rosterSteps } from './posts-roster-steps.ts';
import { units, type World } from './posts-world.ts';

/** 任务书、事项、反馈上的举动，和人与岗位的变动 */
export const steps: Readonly<Record<string, Make>> = {
  ...rosterSteps,
  ...requestSteps,
  ...orderSteps,
  ...haltSteps,
  签收: (model, drawn) => {
    const [id, book] = pick([...model.books], drawn.which) ?? [];
    if (id === undefined || !book) return null;
    const person = whoDoes(model, drawn, (who) => mayDo(model, who, 'acknowledge', { unit: book.unit }));
    if (!person) return null;
    return {
      person,
      button: bind(acknowledge, { bookId: id }),
      expected: verdict(mayDo(model, person.id, 'acknowledge', { unit: book.unit }), book.status === 'issued' && hasToDo(model, id)),
      apply: () => {
        book.status = 'acknowledged';
        for (const item of model.items.values()) if (item.book === id && item.status === 'issued') item.status = 'inProgress';
      },
    };
  },
  退件: (model, drawn) => {
    const item = pick(
      itemsOf(model).filter(({ parent }) => parent === null),
      drawn.which,
    );
    if (!item) return null;
    const unit = item.lead === units[0] ? units[1] : units[0];
    return onItem(model, drawn, {
      ...{ act: 'decline', item, button: bind(declineItem, { bookId: item.book ?? '' }), form: { item: item.id, unit, reason: '不是我们的' } },
      possible: ['issued', 'inProgress'].includes(item.status) && model.today <= item.declinableUntil && children(model, item).length === 0,
      apply: () => {
        model.declines.push({ id: '', item: item.id, status: 'filed' });
        item.status = 'declinePending';
      },
    });
  },
  提意见: (model, drawn) => {
    const decline = pick(model.declines, drawn.which);
    const item = decline && model.items.get(decline.item);
    if (!decline || !item) return null;
    const unit = item.lead === units[0] ? units[1] : units[0];
    return onItem(model, drawn, {
      ...{ act: 'propose', item, possible: decline.status === 'filed', button: bind(proposeDecline, { declineId: decline.id }) },
      form: { decision: 'reassign', unit },
      apply: () => (decline.status = 'proposed'),
    });
  },
  裁定: (model, drawn) => {
    const decline = pick(model.declines, drawn.which);
    const item = decline && model.items.get(decline.item);
    if (!decline || !item) return null;
    const unit = item.lead === units[0] ? units[1] : units[0];
    const uphold = drawn.other % 4 === 0;
    return onItem(model, drawn, {
      ...{ act: 'decide', item, possible: decline.status === 'proposed', button: bind(decideDecline, { declineId: decline.id }) },
      form: uphold ? { decision: 'uphold' } : { decision: 'reassign', unit },
      apply: () => {
        decline.status = uphold ? 'upheld' : 'reassigned';
        if (uphold) {
          // 看裁定时签收了没有：等裁定的时候也可以签收。
          item.status = model.books.get(item.book ?? '')?.status === 'acknowledged' ? 'inProgress' : 'issued';
          return;
        }
        handTo(model, item, unit);
      },
    });
  },
  改派: (model, drawn) => {
    const item = pick(itemsOf(model), drawn.which);
    if (!item) return null;
    const unit = item.lead === units[0] ? units[1] : units[0];
    const parts = children(model, item);
    return onItem(model, drawn, {
      ...{ act: 'instruct', item, button: bind(reassignItem, { itemId: item.id, from: item.lead }) },
      form: { unit, former: 'keep', reason: '机构改革方案' },
      possible: item.parent === null && movable.includes(item.status) && parts.every(({ status }) => status !== 'suspended'),
      apply: () => {
        for (const part of parts.filter(({ status }) => movable.includes(status))) {
          model.declines.push({ id: '', item: part.id, status: 'reassigned' });
          const supporting = part.supporting;
          handTo(model, part, unit);
          // 子任务不另收任务书：在新单位接着办。
          Object.assign(part, { status: 'inProgress', book: null, supporting });
        }
        model.declines.push({ id: '', item: item.id, status: 'reassigned' });
        handTo(model, item, unit);
      },
    });
  },
  分解: (model, drawn) => {
    const item = pick(itemsOf(model), drawn.which);
    if (!item) return null;
    const post = pick(
      [...model.posts.values()].filter(({ unit, role, backup }) => unit === item.lead && !backup && ['liaison', 'responsiblePerson'].includes(role)),
      drawn.other,
    );
    const known = children(model, item).length;
    return onItem(model, drawn, {
      ...{ act: 'breakDown', item, button: bind(breakDown, { itemId: item.id, known }) },
      form: { title1: '前半段', due1: item.due, ...(post ? { person1: post.id } : {}) },
      possible: item.parent === null && item.status === 'inProgress' && !pending(item) && known < 2 && item.due >= model.today,
      apply: () => undefined,
    });
  },
  调整责任人: (model, drawn) => {
    const item = pick(itemsOf(model), drawn.which);
    const post =
      item &&
      pick(
        [...model.posts.values()].filter(
          ({ unit, role, backup }) => unit === item.lead && !backup && ['liaison', 'responsiblePerson', 'unitHead'].includes(role),
        ),
        drawn.other,
      );
    if (!item || !post) return null;
    return onItem(model, drawn, {
      ...{
        act: 'assign',
        item,
        possible: post.id !== item.responsible && !['completed', 'cancelled', 'suspended'].includes(item.status),
        button: bind(assignResponsible, { itemId: item.id }),
      },
      form: { responsible: post.id },
      apply: () => (item.responsible = post.id),
    });
  },
  反馈: (model, drawn) => {
    const item = pick(itemsOf(model), drawn.which);
    if (!item) return null;
    const round = (item.report?.round ?? 0) + 1;
    return onItem(model, drawn, {
      ...{ act: 'report', item, button: bind(submitReport, { itemId: item.id, round }) },
      form: { percent: String(drawn.other % 100), content: '按计划推进', reason: '核减' },
      possible: item.status === 'inProgress' && !pending(item) && children(model, item).length === 0,
      apply: (person) => (item.report = { id: '', round, status: 'submitted', by: person.id }),
    });
  },
  审签: (model, drawn) => decideOn(model, drawn, { act: 'signOff', from: 'submitted', to: 'signedOff', button: signOff }),
  采纳: (model, drawn) => decideOn(model, drawn, { act: 'adopt', from: 'signedOff', to: 'adopted', button: adopt }),
  退回: (model, drawn) => {
    const item = pick(
      itemsOf(model).filter(({ report }) => report !== null),
      drawn.which,
    );
    if (!item?.report) return null;
    const { report } = item;
    const act = report.status === 'submitted' ? 'signOff' : 'adopt';
    const plan = onItem(model, drawn, {
      ...{ act, item, possible: decidable(item) && pending(item), button: bind(returnReport, { reportId: report.id, page: 0 }) },
      form: { reason: '不够具体' },
      apply: () => {
        report.status = 'returned';
      },
    });
    // 督查室看得到，只是还没有轮到：说的是还没有审签。
    const early = plan?.expected === 'forbidden' && mayDo(model, plan.person.id, 'adopt');
    return plan && early ? { ...plan, expected: 'refused' } : plan;
  },
};

const movable: readonly Item['status'][] = ['issued', 'inProgress', 'underVerification', 'onSiteVerification'];

/** 交给新的牵头单位，原单位配合；它报上去的、申请的、收到的令到此为止 */
function handTo(model: Model, item: Item, unit: string): void {
  const [liaison, head] = (['liaison', 'unitHead'] as const).map(
    (role) =>
      [...model.posts.values()].find((post) => post.unit === unit && post.role === role && !post.backup && holderOf(model, post) !== null)?.id ??
      null,
  );
  item.supporting = [...new Set([item.lead, ...item.supporting])].filter((code) => code !== unit).sort();
  item.lead = unit;
  item.leader = model.fields.get(unit) ?? null;
  item.responsible = liaison ?? head ?? null;
  item.liaison = liaison ?? head ?? null;
  item.status = 'issued';
  item.book = '';
  item.declinableUntil = nextWorkingDay(nextWorkingDay(model.today));
  // 原单位报上去的，不由新单位审签、采纳：退回。
  if (item.report && pending(item)) item.report.status = 'returned';
  lapse(item);
  endOrders(model, item);
}

function decideOn(
  model: Model,
  drawn: Drawn,
  { act, from, to, button }: { act: Act; from: 'submitted' | 'signedOff'; to: 'signedOff' | 'adopted'; button: typeof signOff },
): Plan | null {
  const item = pick(
    itemsOf(model).filter(({ report }) => report !== null),
    drawn.which,
  );
  if (!item?.report) return null;
  const { report } = item;
  return onItem(model, drawn, {
    ...{
      act,
      item,
      possible: decidable(item) && report.status === from,
      button: bind(button, { reportId: report.id, page: 0 }),
      form: {},
    },
    apply: () => (report.status = to),
  });
}

/** 等着的一件，由该办的人办 */
export function nextTurn(model: Model, drawn: Drawn, world: World): { name: string; plan: Plan } | null {
  const open = waitingNow(model).filter(({ people }) => people.length > 0);
  // 申请和令走的步多，多轮到几次。
  const waiting = open.flatMap((one) => (one.action in requestTurns || one.action in orderTurns ? [one, one, one] : [one]));
  const turn = pick(waiting, drawn.which);
  const name = {
    'task-books.acknowledge': '签收',
    'task-books.propose-decline': '提意见',
    'task-books.decide-decline': '裁定',
    'progress.sign-off': '审签',
    'progress.adopt': '采纳',
    'progress.open-form': '反馈',
    ...requestTurns,
    ...orderTurns,
  }[turn?.action ?? ''];
  if (!turn || name === undefined) return null;
  const lists: Record<string, readonly string[]> = {
    签收: [...model.books.keys()],
    提意见: model.declines.map(({ id }) => id),
    裁定: model.declines.map(({ id }) => id),
    反馈: itemsOf(model).map(({ id }) => id),
    审签: itemsOf(model).flatMap(({ report }) => report?.id ?? []),
    采纳: itemsOf(model).flatMap(({ report }) => report?.id ?? []),
    办结: itemsOf(model).flatMap(({ completion }) => completion?.id ?? []),
    延期: itemsOf(model).flatMap(({ extension }) => extension?.id ?? []),
    督办令: model.orders.map(({ id }) => id),
  };
  const which = lists[name]?.indexOf(turn.id) ?? 0;
  const plan = steps[name]?.(model, { ...drawn, which, right: true, turn: true }, world);
  return plan && 'button' in plan ? { name, plan } : null;
}
