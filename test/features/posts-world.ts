import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ActionValue } from '#cards/kit/action';
import type { SheetData } from '#core/workbook';
import { rows } from '#db/rows';
import { withTransaction } from '#db/transaction';
import { checkRoster, importRoster } from '#features/roster/import';
import type { Seen } from '#platform/emulator/click';
import type { Message } from '#platform/emulator/model';
import { createSeal } from '#runtime/seal';
import { asSystem } from '../../src/app.ts';
import { readDemoRoster } from '../../src/demo.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { issuedStage } from './given-books.ts';
import { buttonsIn } from './posts-buttons.ts';
import type { Item, Model, Role } from './posts-model.ts';

/** 戏里的人：两个单位、督查室、管理员，和一个还没有开通账号的；分管领导两位，主要领导一位 */
export const cast = [
  ...['罗志远', '邓一鸣', '丁一凡', '马骁', '陈程远'],
  ...['梁海生', '曾小雨', '方伟', '徐立新'],
  ...['林晓', '何俊', '周启明', '江岩', '余宏斌'],
  ...['王海峰', '吴岚', '李文博'],
] as const;
/** 换得了人的岗位：单位、角色、现任 */
const moving = ['罗志远', '丁一凡', '马骁', '梁海生', '曾小雨', '方伟', '林晓', '何俊', '周启明', '王海峰', '吴岚'];
export const units = ['U09', 'U31'] as const;
/** 单位的分管领导，照花名册 */
export const leaders: readonly (readonly [string, string])[] = [
  ['U09', '王海峰'],
  ['U31', '吴岚'],
];
const start = '2026-05-29 10:00';

/** 按钮，和它带的编号 */
export interface Button {
  readonly messageId: string;
  readonly action: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** 它在的那张卡片 */
  readonly content: string;
}

export interface Pressed {
  readonly outcome: 'done' | 'refused';
  /** 提示和换上的卡片里的字 */
  readonly words: string;
}

/** 真的一边 — the program, the platform, and what people hold in their hands. */
export class World {
  readonly it: TestApp;
  readonly #database: TestDatabase;
  readonly #folder: string;
  readonly #sheets: readonly SheetData[];
  /** 岗位 → 花名册“人员”表的第几行 */
  readonly #rows = new Map<string, number>();
  readonly #parked = new Map<string, string>();

  private constructor(it: TestApp, { database, folder, sheets }: { database: TestDatabase; folder: string; sheets: readonly SheetData[] }) {
    this.it = it;
    this.#database = database;
    this.#folder = folder;
    this.#sheets = sheets;
  }

  static async open(): Promise<{ world: World; model: Model }> {
    const stage = await issuedStage();
    const database = await createTestDatabase(stage.template);
    const folder = mkdtempSync(join(tmpdir(), 'shuling-posts-'));
    cpSync(stage.platform, folder, { recursive: true });
    const it = await startTestApp({ databaseUrl: database.url, platformDir: folder, roster: false, at: start });
    const world = new World(it, { database, folder, sheets: await readDemoRoster() });
    return { world, model: await world.#furnish() };
  }

  async close(): Promise<void> {
    await this.it.close();
    await this.#database.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.it.app.database.pool.query(sql, [...values]).then((found) => found.rows as Row[]);
  }

  /** 布置：两个单位三件事还没签收，别的都放下；模型照着名册建 */
  async #furnish(): Promise<Model> {
    const items = await withTransaction(this.it.app.database, async (tx) => {
      const db = rows(tx);
      const posts = await db.post.findMany({ where: { unitCode: { in: [...units] } }, include: { holdings: { include: { person: true } } } });
      const postOf = (name: string): string => posts.find(({ holdings }) => holdings.some(({ person }) => person.name === name))?.id ?? '';
      await db.workItem.updateMany({ data: { status: 'suspended' } });
      await db.taskBook.updateMany({ where: { unitCode: { notIn: [...units] } }, data: { status: 'acknowledged' } });
      const kept = [
        { unit: 'U09', skip: 0, responsible: '马骁', liaison: '丁一凡' },
        { unit: 'U09', skip: 1, responsible: '丁一凡', liaison: '丁一凡' },
        { unit: 'U31', skip: 0, responsible: '方伟', liaison: '曾小雨' },
      ];
      const ids: string[] = [];
      for (const { unit, skip, responsible, liaison } of kept) {
        const [item] = await db.workItem.findMany({ where: { leadUnit: unit, metrics: { equals: [] } }, orderBy: { code: 'asc' }, skip, take: 1 });
        const posted = { responsiblePostId: postOf(responsible), liaisonPostId: postOf(liaison) };
        await db.workItem.update({
          where: { id: item?.id ?? '' },
          data: { ...posted, status: 'issued', dueOn: '2026-06-10', originalDueOn: '2026-06-10' },
        });
        ids.push(item?.id ?? '');
      }
      return db.workItem.findMany({ where: { id: { in: ids } }, orderBy: { code: 'asc' } });
    });
    await this.it.moveTo(start);
    const people = await this.query<{ id: string; name: string; mobile: string; openId: string | null }>(
      `SELECT id, name, mobile, "openId" FROM "Person" WHERE name = ANY($1) OR id IN
       (SELECT "personId" FROM "PostHolding" JOIN "Post" ON "Post".id = "postId" WHERE "unitCode" = ANY($2)) ORDER BY mobile`,
      [[...cast], [...units]],
    );
    const posts = await this.query<{
      id: string;
      unit: string | null;
      role: Role;
      title: string;
      backup: boolean;
      person: string;
      name: string;
      from: string;
    }>(
      `SELECT p.id, p."unitCode" AS unit, p.role, p.title, p.backup, h."personId" AS person, n.name, h."fromOn" AS "from"
       FROM "Post" p JOIN "PostHolding" h ON h."postId" = p.id JOIN "Person" n ON n.id = h."personId" ORDER BY p."unitCode", p.position, p.title, n.mobile`,
    );
    const sheet = this.#people();
    for (const { id, unit, title, name } of posts)
      if (moving.includes(name))
        this.#rows.set(
          id,
          sheet.rows.findIndex((row) => row[0] === name && (row[2] ?? null) === unit && row[3] === title),
        );
    const books = await this.query<{ id: string; unit: string }>(
      `SELECT id, "unitCode" AS unit FROM "TaskBook" WHERE "unitCode" = ANY($1) ORDER BY "unitCode"`,
      [[...units]],
    );
    return {
      today: '2026-05-29',
      people: new Map(people.map((person) => [person.id, { ...person, bound: person.openId !== null, left: false }])),
      posts: new Map(posts.map(({ person, name, from, ...post }) => [post.id, { ...post, holdings: [{ person, from, to: null }] }])),
      delegations: [],
      items: new Map(items.map((row) => [row.id, itemOf(row)])),
      books: new Map(books.map(({ id, unit }) => [id, { unit, others: true, status: 'issued' as const }])),
      declines: [],
      orders: [],
      fields: new Map(leaders),
      led: new Map(posts.flatMap(({ id, role, person }) => (role === 'leaderInCharge' ? [[id, person] as const] : []))),
    };
  }

  /** 换得了人的岗位，和只设一人的 */
  get movable(): readonly string[] {
    return [...this.#rows.keys()];
  }

  #people(): SheetData {
    const sheet = this.#sheets.find(({ name }) => name === '人员');
    if (!sheet) throw new Error('花名册没有人员表');
    return sheet;
  }

  /** 花名册原来写的是谁 */
  originalOf(postId: string): string {
    return String(this.#people().rows[this.#rows.get(postId) ?? -1]?.[0] ?? '');
  }

  /** 再导入一次花名册 @param holders 换得了人的岗位现在写谁 */
  async imports(holders: ReadonlyMap<string, { readonly name: string; readonly mobile: string }>): Promise<void> {
    const sheets = this.#sheets.map((sheet) => {
      if (sheet.name !== '人员') return sheet;
      const changed = sheet.rows.map((row) => [...row]);
      for (const [postId, { name, mobile }] of holders) {
        const row = changed[this.#rows.get(postId) ?? -1];
        if (row) [row[0], row[1]] = [name, mobile];
      }
      return { ...sheet, rows: changed };
    });
    const checked = await checkRoster(this.it.app.reader, sheets);
    await asSystem(this.it.app, this.it.clock.now(), async (ctx) => {
      await importRoster(ctx, checked);
    });
    this.it.app.outbox.wake();
    await this.it.settled();
  }

  /** 名册不再认得这个账号 */
  async unbinds(personId: string): Promise<void> {
    await this.query('UPDATE "Person" SET "openId" = NULL WHERE id = $1', [personId]);
  }

  messagesOf(openId: string | null): readonly Message[] {
    const chat = openId === null ? null : this.it.world.store.findDirectChat(openId);
    return chat ? this.it.world.store.messagesOf(chat.chatId).filter(({ sender }) => sender.kind === 'bot') : [];
  }

  /** 手上还按得到的按钮，旧的在前 */
  buttonsOf(openId: string | null): Button[] {
    return this.messagesOf(openId).flatMap(({ messageId, content }) => buttonsIn(content).map((button) => ({ ...button, messageId, content })));
  }

  /** 按一下：手上有这个按钮就按那张卡，没有就是按从前留下的一张 */
  async presses(
    openId: string,
    { action, payload }: ActionValue,
    { form, choice = 0 }: { form?: Record<string, unknown>; choice?: number } = {},
  ): Promise<Pressed> {
    const { it } = this;
    it.clock.set(new Date(it.clock.now().getTime() + 1_000));
    const same = this.buttonsOf(openId).filter((button) => button.action === action && isDeepStrictEqual(button.payload, payload));
    // 分解的结果留在按过的那一张上，交给自己的子任务只写在那里：不让别的盖住。
    const spot = action.startsWith('break-down.') ? `${openId} 分解` : openId;
    const messageId = same[choice % Math.max(1, same.length)]?.messageId ?? (await this.#parking(openId, spot));
    // 机器人从没有同他说过话，也就没有卡片可按。
    if (messageId === null) return { outcome: 'refused', words: '您无权，手上一张卡片也没有' };
    const value = createSeal(it.world.connection.appSecret).seal({ action, payload }, `person:${openId}`, it.clock.now());
    const tag = { tag: 'button', value, ...(form ? { form_value: form } : {}) };
    const { seen } = await it.acts.forgesClick(openId, messageId, tag as never);
    await it.settled();
    return readSeen(seen);
  }

  /** 从前留下的一张：按在它上面的，都是已经看不到的按钮 */
  async #parking(openId: string, spot: string): Promise<string | null> {
    const known = this.#parked.get(spot);
    if (known !== undefined) return known;
    await this.it.acts.says(openId, 'bot', '帮助');
    await this.it.settled();
    const messageId = this.messagesOf(openId).at(-1)?.messageId;
    if (messageId === undefined) return null;
    this.#parked.set(spot, messageId);
    return messageId;
  }

  /** 点的是从前留下的那一张 — an answer drawn over it is nobody's copy of the card. */
  isParking(messageId: string): boolean {
    return [...this.#parked.values()].includes(messageId);
  }

  async moveTo(day: string): Promise<void> {
    await this.it.moveTo(`${day} 10:00`);
  }
}

function readSeen(seen: Seen): Pressed {
  if (seen.kind !== 'answered') throw new Error(`按不下去：${JSON.stringify(seen)}`);
  const { toast, card } = seen;
  // 办成了而没有人收得到的，也是一句提醒：`已提交；…没有飞书账号`。
  const done = toast?.type === 'success' || (toast?.type === 'warning' && /^已.*；/.test(toast.content));
  return { outcome: done ? 'done' : 'refused', words: `${toast?.content ?? ''}\n${textOfCard(card)}` };
}

type ItemRow = Awaited<ReturnType<ReturnType<typeof rows>['workItem']['findMany']>>[number];

/** 台账的一行 → 模型的样子 */
export function itemOf(row: ItemRow): Item {
  return {
    ...{ id: row.id, code: row.code, parent: row.parentId, lead: row.leadUnit, supporting: [...row.supportingUnits].sort() },
    ...{ leader: row.leaderInCharge, responsible: row.responsiblePostId, liaison: row.liaisonPostId },
    ...{ status: row.status as Item['status'], due: row.dueOn, book: row.bookId },
    ...{ declinableUntil: '2026-06-02', report: null, completion: null, extension: null, extended: 0, stopped: null },
  };
}

/** 库里的样子，与模型逐项可比 */
export async function seenIn(world: World, model: Model) {
  const ids = [...model.items.keys()];
  return withTransaction(world.it.app.database, async (tx) => {
    const db = rows(tx);
    const items = await db.workItem.findMany({ where: { OR: [{ id: { in: ids } }, { parentId: { in: ids } }] }, orderBy: { code: 'asc' } });
    const reports = await db.progressReport.findMany({ where: { itemId: { in: items.map(({ id }) => id) } }, orderBy: { round: 'asc' } });
    const last = new Map(reports.map(({ itemId, id, round, status, reporterId }) => [itemId, { id, round, status, by: reporterId }]));
    const asked = { where: { itemId: { in: items.map(({ id }) => id) } }, orderBy: { round: 'asc' } } as const;
    const completions = new Map((await db.completionRequest.findMany(asked)).map(({ itemId, id, round, status }) => [itemId, { id, round, status }]));
    const extensions = new Map((await db.extensionRequest.findMany(asked)).map(({ itemId, id, round, status }) => [itemId, { id, round, status }]));
    const declines = await db.itemDecline.findMany({ where: { itemId: { in: ids } }, orderBy: { filedAt: 'asc' } });
    const orders = await db.supervisionOrder.findMany({ where: { itemId: { in: items.map(({ id }) => id) } }, orderBy: { draftedAt: 'asc' } });
    const delegations = await db.delegation.findMany({ orderBy: [{ fromOn: 'asc' }, { id: 'asc' }] });
    const books = await db.taskBook.findMany({ where: { unitCode: { in: [...units] } } });
    const holdings = await db.postHolding.findMany({ where: { postId: { in: [...world.movable] } }, orderBy: { fromOn: 'asc' } });
    return { items, last, completions, extensions, orders, declines, delegations, books, holdings };
  });
}
