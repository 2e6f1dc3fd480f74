import { complete, requestCompletion, requireOnSite, returnCompletion, sendBack, signOffCompletion } from '#cards/completion/actions';
import {
  agreeToExtension,
  approveExtension,
  checkExtension,
  explainDelay,
  extendByInstruction,
  rejectExtension,
  requestExtension,
  signOffExtension,
  withdrawExtension,
} from '#cards/extensions/actions';
import { bind } from '#cards/kit/action';
import { addDays } from '#core/dates';
import { type Drawn, itemsOf, lastAskingDay, type Make, onItem, pick } from './posts-draw.ts';
import type { Item, Model } from './posts-model.ts';
import { endOrders } from './posts-orders.ts';
import { completionDeeds, type Deed, extensionDeeds, hasPart, isAsked, isClosable, isExtending, isNow, nextDeedOf } from './posts-requests.ts';

const buttons = [signOffCompletion, returnCompletion, requireOnSite, complete, sendBack];
const extensionButtons = [
  signOffExtension,
  checkExtension,
  agreeToExtension,
  approveExtension,
  extendByInstruction,
  rejectExtension,
  withdrawExtension,
];

/** 等着的按钮 → 哪一步 */
export const requestTurns: Readonly<Record<string, string>> = Object.fromEntries([
  ...completionDeeds.map(({ action }) => [action, '办结']),
  ...extensionDeeds.map(({ action }) => [action, '延期']),
]);

/** 事项不由它办了：申请的到此为止 */
export function lapse(item: Item): void {
  if (item.completion && isAsked(item)) item.completion.status = 'lapsed';
  if (item.extension && isExtending(item)) item.extension.status = 'lapsed';
}

/** 抽一步：轮到他的多半往前走；随便按的，哪一步都按 */
function deedOf<Status extends string>(deeds: readonly Deed<Status>[], isNowOf: (deed: Deed<Status>) => boolean, drawn: Drawn): Deed<Status> {
  const legal = deeds.filter((deed) => isNowOf(deed) && (!drawn.turn || drawn.other % 3 === 0 || deed.forward));
  return pick(drawn.right && legal.length > 0 ? legal : deeds, drawn.other) as Deed<Status>;
}

/** 多半抽办得成的一件 */
const fitting = (list: readonly Item[], { which, right }: Drawn, fits: (item: Item) => boolean): Item | undefined =>
  pick(right && list.some(fits) ? list.filter(fits) : list, which);

/** 办结、延期上的举动 */
export const requestSteps: Readonly<Record<string, Make>> = {
  申请办结: (model, drawn) => {
    const item = fitting(itemsOf(model), drawn, (each) => each.status === 'inProgress' && !isAsked(each));
    if (!item) return null;
    const round = (item.completion?.round ?? 0) + 1;
    const open = !isClosable(model, item, false);
    const waived = drawn.other % 2 === 0;
    return onItem(model, drawn, {
      ...{ act: 'report', item, button: bind(requestCompletion, { itemId: item.id, round }) },
      form: { result: '全部办完', ...(waived ? { waiver: '余下的另列' } : {}) },
      possible: item.status === 'inProgress' && !isAsked(item) && (!open || waived),
      apply: () => (item.completion = { id: '', round, status: 'submitted', waived: open && waived }),
    });
  },
  办结: (model, drawn) => {
    const item = pick(
      itemsOf(model).filter(({ completion }) => completion !== null),
      drawn.which,
    );
    if (!item?.completion) return null;
    const { completion } = item;
    const deed = deedOf(
      completionDeeds,
      ({ from, action }) => from.includes(completion.status) && (action !== 'completion.require-on-site' || item.status === 'underVerification'),
      drawn,
    );
    const { action, act, from, to } = deed;
    const button = buttons[completionDeeds.indexOf(deed)] as typeof complete;
    const ready = {
      'completion.sign-off': item.status === 'inProgress' && isClosable(model, item, completion.waived),
      'completion.require-on-site': item.status === 'underVerification',
      'completion.complete': isVerified(item) && isClosable(model, item, completion.waived),
      'completion.send-back': isVerified(item),
    }[action];
    const plan = onItem(model, drawn, {
      ...{ act, item, button: bind(button, { requestId: completion.id }), possible: from.includes(completion.status) && ready !== false },
      form: { reason: '还差一点', ...(act === 'verify' ? { findings: '看过现场', c1: true, c2: true, c3: true, c4: true, c5: true, c6: true } : {}) },
      apply: () => {
        completion.status = to;
        if (action === 'completion.require-on-site') item.status = 'onSiteVerification';
        else if (to === 'signedOff') {
          item.status = 'underVerification';
          // 已申请办结，时限不必再延。
          if (item.extension && isExtending(item)) item.extension.status = 'lapsed';
        } else if (to === 'accepted') {
          item.status = 'completed';
          endOrders(model, item);
        } else if (to === 'sentBack') item.status = 'inProgress';
      },
    });
    // 退回重办告知的是承办单位，不单是责任人。
    return plan && { ...plan, silent: to === 'sentBack' };
  },
  申请延期: (model, drawn) => {
    const item = fitting(itemsOf(model), drawn, (each) => ['issued', 'inProgress'].includes(each.status) && !isExtending(each));
    if (!item) return null;
    const round = (item.extension?.round ?? 0) + 1;
    const isLate = model.today > lastAskingDay(item.due);
    const explains = drawn.other % 5 === 4 ? !isLate : isLate;
    const to = addDays(item.due, 1 + (drawn.who % 6));
    return onItem(model, drawn, {
      ...{ act: 'report', item, button: bind(explains ? explainDelay : requestExtension, { itemId: item.id, round }) },
      form: { requestedOn: to, reason: '雨季停工', progress: '过半' },
      possible: ['issued', 'inProgress'].includes(item.status) && !isExtending(item) && explains === isLate && isLater(model, item, to),
      apply: () => (item.extension = { id: '', round, status: explains ? 'explained' : 'submitted', former: item.extended, to }),
    });
  },
  延期: (model, drawn) => {
    const item = pick(
      itemsOf(model).filter(({ extension }) => extension !== null),
      drawn.which,
    );
    if (!item?.extension) return null;
    const { extension } = item;
    const deed = deedOf(extensionDeeds, (each) => isNow(extension, each), drawn);
    const { action, to } = deed;
    const button = extensionButtons[extensionDeeds.indexOf(deed)] as typeof approveExtension;
    const extends_ = to === 'approved';
    // 退回的权在轮到的人手里。
    const act = action === 'extensions.reject' ? (nextDeedOf(extension)?.act ?? deed.act) : deed.act;
    const plan = onItem(model, drawn, {
      ...{ act, item, button: bind(button, { requestId: extension.id }) },
      ...(action === 'extensions.withdraw' ? {} : { form: { note: '按批示办', ...(extends_ ? { approvedOn: extension.to } : {}) } }),
      possible: isNow(extension, deed) && (!extends_ || isLater(model, item, extension.to)),
      apply: () => {
        extension.status = to;
        if (extends_) [item.due, item.extended] = [extension.to, item.extended + 1];
      },
    });
    const late = plan?.expected === 'forbidden' && action === 'extensions.reject' && hasPart(model, plan.person.id, item);
    return plan && late ? { ...plan, expected: 'refused' } : plan;
  },
};

const isVerified = ({ status }: Item): boolean => status === 'underVerification' || status === 'onSiteVerification';

/** 新时限晚于现时限，不早于今天，不晚于在办的上级事项 */
function isLater(model: Model, item: Item, to: string): boolean {
  const parent = item.parent === null ? undefined : model.items.get(item.parent);
  return to > item.due && to >= model.today && (!parent || parent.status === 'completed' || to <= parent.due);
}
