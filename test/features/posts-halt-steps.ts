import { cancel, resume, suspend } from '#cards/halts/actions';
import { bind } from '#cards/kit/action';
import { addDays } from '#core/dates';
import { itemsOf, type Make, onItem, pick } from './posts-draw.ts';
import { children, type Item, type Model } from './posts-model.ts';
import { endOrders } from './posts-orders.ts';
import { lapse } from './posts-request-steps.ts';

const working: readonly Item['status'][] = ['issued', 'inProgress', 'underVerification', 'onSiteVerification'];

/** 中止、恢复、撤销：事项停了又走，或不办了 */
export const haltSteps: Readonly<Record<string, Make>> = {
  中止: (model, drawn) => {
    const item = pick(itemsOf(model), drawn.which);
    if (!item) return null;
    return onItem(model, drawn, {
      ...{ act: 'instruct', item, button: bind(suspend, { itemId: item.id }), form: { basis: '规划调整' }, possible: working.includes(item.status) },
      apply: () => {
        // 子任务随着停，也随着它走。
        for (const each of [...children(model, item), item])
          if (working.includes(each.status)) {
            each.stopped = { former: each.status, by: item.id };
            each.status = 'suspended';
          }
      },
    });
  },
  恢复: (model, drawn) => {
    const stopped = itemsOf(model).filter(({ status }) => status === 'suspended');
    const item = pick(drawn.right && stopped.length > 0 ? stopped : itemsOf(model), drawn.which);
    if (!item) return null;
    const dueOn = addDays(model.today, drawn.other % 8);
    const parent = item.parent === null ? undefined : model.items.get(item.parent);
    return onItem(model, drawn, {
      ...{ act: 'instruct', item, button: bind(resume, { itemId: item.id }), form: { basis: '规划已定', dueOn } },
      possible: item.status === 'suspended' && (!parent || dueOn <= parent.due),
      apply: () => {
        for (const child of children(model, item)) if (child.status === 'suspended' && child.stopped?.by === item.id) goOn(model, child);
        goOn(model, item);
        item.due = dueOn;
      },
    });
  },
  撤销: (model, drawn) => {
    const item = pick(itemsOf(model), drawn.which);
    // 三件都撤了，就没有什么可走的。
    if (!item || (item.parent === null && drawn.other % 4 > 0)) return null;
    const closed = (each: Item): boolean => each.status === 'completed' || each.status === 'cancelled';
    return onItem(model, drawn, {
      ...{ act: 'instruct', item, button: bind(cancel, { itemId: item.id }), form: { basis: '并入市级项目' }, possible: !closed(item) },
      apply: () => {
        for (const each of [...children(model, item), item].filter((one) => !closed(one))) {
          each.status = 'cancelled';
          lapse(each);
          endOrders(model, each);
          for (const decline of model.declines)
            if (decline.item === each.id && (decline.status === 'filed' || decline.status === 'proposed')) decline.status = 'cancelled';
        }
      },
    });
  },
};

/** 恢复到中止之前的一步；其间任务书签收了的，转入办理 */
function goOn(model: Model, item: Item): void {
  const { former } = item.stopped ?? { former: 'inProgress' };
  const signed = model.books.get(item.book ?? '')?.status === 'acknowledged';
  if (former === 'underVerification' || former === 'onSiteVerification') item.status = 'underVerification';
  else item.status = former === 'issued' && !signed ? 'issued' : 'inProgress';
  item.stopped = null;
}
