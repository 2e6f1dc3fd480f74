import { type ActionValue, bind } from '#cards/kit/action';
import { checkOrder, draftOrder, signOrder } from '#cards/orders/actions';
import { adopt, reportNoChange, signOff } from '#cards/progress/actions';
import { acknowledge } from '#cards/task-books/actions';
import { fc } from '../fast-check.ts';
import type { World } from './hall-given.ts';
import type { Sequential } from './linear-check.ts';

const acts = ['签收', '反馈', '审签', '采纳', '起草', '核稿', '签发'] as const;

/** 一件事上的举动 @property on 第几次反馈、第几道令，手上的卡片说的；0：还没有 @property 看 最后看 */
export interface ItemOp {
  readonly lag: number;
  readonly act: (typeof acts)[number] | '看';
  readonly who: string;
  readonly on: number;
}

interface Item {
  readonly acknowledged: boolean;
  readonly reports: readonly string[];
  readonly orders: readonly string[];
}

/** 一件事，一个一个地办 */
export const itemInOffice: Sequential<Item, ItemOp> = {
  initial: { acknowledged: false, reports: [], orders: [] },
  apply: (item, { act, on }) => {
    const { acknowledged, reports, orders } = item;
    const when = (may: boolean, change: Partial<Item>): readonly [string, Item] => (may ? ['done', { ...item, ...change }] : ['refused', item]);
    const put = (list: readonly string[], state: string): string[] => list.map((each, index) => (index === on - 1 ? state : each));
    switch (act) {
      case '签收':
        return when(!acknowledged, { acknowledged: true });
      case '反馈': {
        const last = reports.at(-1);
        return when(acknowledged && on === reports.length + 1 && (last === undefined || last === 'adopted'), { reports: [...reports, 'submitted'] });
      }
      case '审签':
        return when(reports[on - 1] === 'submitted', { reports: put(reports, 'signedOff') });
      case '采纳':
        return when(reports[on - 1] === 'signedOff', { reports: put(reports, 'adopted') });
      case '起草':
        return when(orders.length === 0, { orders: ['draft'] });
      case '核稿':
        return when(orders[on - 1] === 'draft', { orders: put(orders, 'checked') });
      case '签发':
        return when(orders[on - 1] === 'checked', { orders: put(orders, 'signed') });
      case '看':
        return [wordsOf(item), item];
    }
  },
};

const wordsOf = ({ acknowledged, reports, orders }: Item): string => [acknowledged ? 'inProgress' : 'issued', ...reports, ...orders].join();

/** 一个单位，几个人 */
export async function furnishUnit(world: World): Promise<void> {
  await world.query(
    `INSERT INTO "Unit" (code, name, "shortName", aliases, kind, position) VALUES ('U09', '城市管理局', '城管局', '{}', 'department', 9)`,
  );
  await world.addPerson('head', [{ role: 'unitHead', unitCode: 'U09' }]);
  await world.addPerson('liaison', [{ role: 'liaison', unitCode: 'U09' }]);
  await world.addPerson('inspector', [{ role: 'inspector' }]);
}

/** 下达一件，等着签收 */
export async function giveItem(world: World, number: number): Promise<string> {
  const id = `linear-${number}`;
  await world.query(
    `INSERT INTO "TaskBook" (id, year, "unitCode", kind, status, "itemCount", "issuedAt", "acknowledgeBy", "documentName")
     VALUES ($1, 2026, 'U09', 'annual', 'issued', 1, '2026-12-16', '2026-12-31', '任务书.docx')`,
    [id],
  );
  await world.query(
    `INSERT INTO "WorkItem" (id, "bookId", year, code, series, number, kind, status, title, category, goal, measures, "leadUnit", "supportingUnits", "dueOn", "originalDueOn", "feedbackPeriod", metrics)
     VALUES ($1, $1, 2026, $2, '试', $3, 'keyTask', 'issued', '渔排清退协商签约', '民生社会', '全部签约', '逐户上门', 'U09', '{}', '2026-12-31', '2026-12-31', 'monthly', '[]')`,
    [id, `试-${number}`, number],
  );
  return id;
}

/** 先看手上是哪一张卡片，再按 */
export async function actOnItem(world: World, itemId: string, planned: ItemOp): Promise<readonly [ItemOp, () => Promise<string>]> {
  const { act, who } = planned;
  const reports = await world.query<{ id: string }>(`SELECT id FROM "ProgressReport" WHERE "itemId" = $1 ORDER BY round`, [itemId]);
  const orders = await world.query<{ id: string }>(`SELECT id FROM "SupervisionOrder" WHERE "itemId" = $1 ORDER BY "draftedAt", id`, [itemId]);
  const go = (on: number, button: ActionValue, form?: object) =>
    [{ ...planned, on }, async () => (await world.presses(who, button, form as never)).answer] as const;
  const reportId = reports.at(-1)?.id ?? 'none';
  const orderId = orders.at(-1)?.id ?? 'none';
  switch (act) {
    case '签收':
      return go(0, bind(acknowledge, { bookId: itemId }));
    case '反馈':
      return go(reports.length + 1, bind(reportNoChange, { itemId, round: reports.length + 1 }));
    case '审签':
      return go(reports.length, bind(signOff, { reportId, page: 0 }));
    case '采纳':
      return go(reports.length, bind(adopt, { reportId, page: 0 }));
    case '起草':
      return go(0, bind(draftOrder, { itemId }));
    case '核稿':
      return go(orders.length, bind(checkOrder, { orderId }), { basis: '领导批示', requirement: '限期办结', evidence: '情况说明' });
    case '签发':
      return go(orders.length, bind(signOrder, { orderId }), {});
    case '看':
      return [planned, () => lookAt(world, itemId)];
  }
}

/** 签发之后在后台下达：对签发的人，都是签发了 */
async function lookAt(world: World, itemId: string): Promise<string> {
  const lines = await world.query<{ status: string }>(
    `SELECT status FROM "WorkItem" WHERE id = $1 UNION ALL (SELECT status FROM "ProgressReport" WHERE "itemId" = $1 ORDER BY round)
     UNION ALL (SELECT CASE status WHEN 'issued' THEN 'signed' ELSE status END FROM "SupervisionOrder" WHERE "itemId" = $1 ORDER BY "draftedAt", id)`,
    [itemId],
  );
  return lines.map(({ status }) => status).join();
}

const whoDoes: Readonly<Record<(typeof acts)[number], readonly string[]>> = {
  ...{
    签收: ['head', 'liaison'],
    反馈: ['liaison'],
    审签: ['head'],
    采纳: ['inspector', 'boss'],
    起草: ['inspector'],
    核稿: ['inspector'],
    签发: ['boss'],
  },
};
const op = (act: (typeof acts)[number]): fc.Arbitrary<ItemOp> =>
  fc.record({ lag: fc.nat({ max: 12 }), act: fc.constant(act), who: fc.constantFrom(...whoDoes[act]), on: fc.constant(0) });
/** 八个人各自的一串：都照办事的先后，各取几步，所以总有人在抢同一步；第一个人一步不落，所以每一步总有人办成 */
export const itemScripts: fc.Arbitrary<ItemOp[][]> = fc
  .tuple(
    fc.tuple(...acts.map(op)),
    fc.array(
      fc.subarray([...acts], { minLength: 2, maxLength: 5 }).chain((chosen) => fc.tuple(...chosen.map(op))),
      { minLength: 7, maxLength: 7 },
    ),
  )
  .map(([whole, others]) => [whole, ...others]);
