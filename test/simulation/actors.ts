import { callbackValue } from '#platform/emulator/components';
import { plusWorkingDays, works } from './calendar.ts';
import type { Seeded } from './chance.ts';
import { dayOf, daysLeft, type Item, type Model, owesFeedback } from './model.ts';
import type { Answer, Found, World } from './world.ts';

/** 人 */
export interface Cadre {
  readonly personId: string;
  readonly openId: string;
  readonly name: string;
  readonly role: string;
  readonly unit: string | null;
  readonly postId: string;
  /** how readily he does what he is asked to, 0–1 */
  readonly diligence: number;
}

/** 一天里打算办的一件 */
export interface Intent {
  readonly minute: number;
  readonly what: string;
  readonly run: () => Promise<void>;
}

type Form = Readonly<Record<string, unknown>>;

/** 一场 — the people, what they decide, and the record of what came of it. */
export class Company {
  readonly problems: string[] = [];
  /** 想办而卡片上没有的，按动作计 */
  readonly missing = new Map<string, number>();
  readonly done = new Map<string, number>();
  readonly refused = new Map<string, number>();
  readonly #items = new Map<string, string>();

  readonly world: World;
  readonly model: Model;
  readonly people: readonly Cadre[];
  readonly chance: Seeded;
  /** how much of what people would do they do: 1 in a whole year, less where a test has seconds */
  readonly zeal: number;

  constructor({ world, model, people, chance, zeal }: Pick<Company, 'world' | 'model' | 'people' | 'chance' | 'zeal'>) {
    [this.world, this.model, this.people, this.chance, this.zeal] = [world, model, people, chance, zeal];
  }

  /** 今天谁打算办什么 */
  planDay(day: string): Intent[] {
    const plan: Intent[] = [];
    const at = (what: string, run: () => Promise<void>): void => {
      plan.push({ minute: this.chance.int(8 * 60 + 40, 18 * 60 + 30), what, run });
    };
    if (!works(day)) {
      if (this.chance.happens(0.3)) at('看台账', () => this.#looks());
      return plan.sort((left, right) => left.minute - right.minute);
    }
    for (const book of this.model.books.values()) {
      if (book.status !== 'issued') continue;
      const who = this.#of(book.unit, this.chance.happens(0.8) ? 'liaison' : 'unitHead');
      if (who && this.chance.happens(who.diligence * 0.7)) at('签收', () => this.#signs(who, book.id));
    }
    for (const item of this.model.items.values()) this.#planItem(item, day, at);
    this.#planDesks(at);
    if (this.chance.happens(0.5)) at('看台账', () => this.#looks());
    if (this.chance.happens(0.5)) at('冒领', () => this.#intrudes());
    return plan.sort((left, right) => left.minute - right.minute);
  }

  #planItem(item: Item, day: string, at: (what: string, run: () => Promise<void>) => void): void {
    const reporter = this.#reporter(item);
    if (!reporter) return;
    const left = daysLeft(item, day);
    const keen = reporter.diligence * this.zeal;
    if (item.status === 'issued' && left > 30 && this.chance.happens(0.002)) at('退件', () => this.#declines(item));
    if (item.status !== 'inProgress') return;
    const waits = item.report?.status === 'submitted' || item.report?.status === 'signedOff';
    const reports = owesFeedback(item, day) ? 0.4 * keen : 0.003;
    if (!waits && this.chance.happens(item.report?.status === 'returned' ? 0.5 * keen : reports))
      at('反馈', () => this.#reports(reporter, item, day));
    const requests = left < 0 ? 0.12 : left <= 5 ? 0.16 : left <= 15 ? 0.02 : 0;
    if ((item.completion === 'none' || item.completion === 'returned' || item.completion === 'sentBack') && this.chance.happens(requests * keen))
      at('申请办结', () => this.#requestsCompletion(reporter, item));
    const asks = left >= 3 && left <= 14 ? 0.02 : left < 3 ? 0.01 : 0;
    if (this.chance.happens(asks) && (item.extension === null || ['approved', 'rejected', 'withdrawn', 'lapsed'].includes(item.extension)))
      at('申请延期', () => this.#asksExtension(reporter, item, day));
    if (left <= -1 && item.replied !== 'submitted' && this.chance.happens(0.3 * keen)) at('回复催办', () => this.#repliesToUrge(reporter, item, day));
    if (this.chance.happens(0.0004)) at('中止', () => this.#halts(item, 'suspend', day));
    if (this.chance.happens(0.0001)) at('撤销', () => this.#halts(item, 'cancel', day));
  }

  #planDesks(at: (what: string, run: () => Promise<void>) => void): void {
    const items = [...this.model.items.values()];
    const units = new Set(items.filter(({ report }) => report?.status === 'submitted').map(({ unit }) => unit));
    for (const unit of units) {
      const head = this.#of(unit, 'unitHead');
      if (head && this.chance.happens(0.4 + head.diligence * 0.5)) at('审签反馈', () => this.#clearsList(head, 'sign-off'));
    }
    const inspectors = this.people.filter(({ role }) => role === 'inspector');
    if (items.some(({ report }) => report?.status === 'signedOff'))
      for (const inspector of inspectors) if (this.chance.happens(0.6)) at('采纳反馈', () => this.#clearsList(inspector, 'adopt'));
    for (const item of items) {
      const head = this.#of(item.unit, 'unitHead');
      const soon = (probability: number): boolean => this.chance.happens(probability);
      const inspector = (): Cadre => this.chance.pick(inspectors);
      if (item.completion === 'submitted' && head && soon(0.6)) at('审签办结', () => this.#decidesCompletion(head, item, 'unit'));
      if (item.completion === 'signedOff' && open.has(item.status) && soon(0.6))
        at('核查', () => this.#decidesCompletion(inspector(), item, 'office'));
      if (item.extension === 'submitted' && head && soon(0.6)) at('审签延期', () => this.#decidesExtension(head, item, 'sign-off'));
      if (item.extension === 'signedOff' && soon(0.6)) at('初审延期', () => this.#decidesExtension(inspector(), item, 'check'));
      const chief = this.#chief();
      if (item.extension === 'checked' && soon(0.5)) {
        const leader = this.people.find(({ role, name }) => leads.has(role) && name === item.leader);
        if (leader) at('批准延期', () => this.#decidesExtension(leader, item, 'approve'));
        if (chief) at('同意延期', () => this.#decidesExtension(chief, item, 'agree'));
      }
      if (item.extension === 'agreed' && soon(0.5)) {
        const leader = this.people.find(({ role, name }) => leads.has(role) && name === item.leader);
        if (leader) at('批准延期', () => this.#decidesExtension(leader, item, 'approve'));
      }
      if (item.extension === 'explained' && chief && soon(0.3)) at('按批示延期', () => this.#decidesExtension(chief, item, 'instruct'));
      if (item.replied === 'submitted' && soon(0.5)) at('审核回复', () => this.#decidesReply(inspector(), item));
      if (item.status === 'suspended' && chief && soon(0.05)) at('恢复', () => this.#halts(item, 'resume', dayOf(this.world.now())));
      if (item.status === 'declinePending' && soon(0.5)) at('裁定退件', () => this.#decidesDecline(item));
    }
    for (const order of this.model.orders.values()) this.#planOrder(order.id, at);
  }

  #planOrder(orderId: string, at: (what: string, run: () => Promise<void>) => void): void {
    const order = this.model.orders.get(orderId);
    const item = order && this.model.items.get(order.itemId);
    if (!order || !item) return;
    const [head, chief] = [this.#of(item.unit, 'unitHead'), this.#chief()];
    const inspector = this.people.find(({ role }) => role === 'inspector');
    const promisedOn = plusWorkingDays(dayOf(this.world.now()), this.chance.int(5, 25));
    const ofOrder = (payload: Found['payload']): boolean => payload['orderId'] === orderId;
    const does = (what: string, who: Cadre | undefined, probability: number, action: string, form?: Form): void => {
      if (who && this.chance.happens(probability))
        at(what, async () => {
          if (!this.world.find(who.openId, action, ofOrder)) await this.world.says(who.openId, order.status === 'draft' ? '督办令 拟稿' : '在督');
          const card = this.world.find(who.openId, 'orders.open', ofOrder);
          if (!this.world.find(who.openId, action, ofOrder) && card) await this.press(who, card);
          await this.finds(who, action, ofOrder, form);
        });
    };
    switch (order.status) {
      case 'draft':
        if (this.chance.happens(0.08)) does('不予印发', inspector, 1, 'orders.drop', { reason: '已当面督促' });
        else does('核稿', inspector, 0.6, 'orders.check', { requirement: '查明原因，限期完成', evidence: '完成情况说明', basis: '' });
        return;
      case 'checked':
        if (this.chance.happens(0.1)) does('退回拟稿', chief, 1, 'orders.return', { reason: '先核实' });
        else does('签发', chief, 0.6, 'orders.sign', {});
        return;
      case 'signed':
      case 'issued':
        does('签收督办令', head, 0.5, 'orders.acknowledge');
        return;
      case 'acknowledged':
        does('回复督办令', head, 0.4, 'orders.reply', { cause: '管线迁改未批', measure: '增加班组', promisedOn });
        return;
      case 'replied':
        if (this.chance.happens(0.2)) does('退回督办令回复', inspector, 1, 'orders.send-back', { reason: '请写明每步时间' });
        else does('采纳督办令回复', inspector, 0.6, 'orders.adopt', {});
        return;
      default:
        return;
    }
  }

  /** 找到按钮就按 @returns null when there is no such button */
  async finds(who: Cadre, action: string, fits?: (payload: Found['payload']) => boolean, form?: Form): Promise<Answer | null> {
    const found = this.world.find(who.openId, action, fits);
    if (found) return this.press(who, found, form);
    this.missing.set(action, (this.missing.get(action) ?? 0) + 1);
    return null;
  }

  /** 按下去，记下结果 */
  async press(who: Cadre, found: Found, form?: Form): Promise<Answer> {
    const { action, payload } = found;
    const about = action === 'task-books.decline' ? String(form?.['item']) : await this.#identify(action, payload);
    const among = action === 'progress.sign-off-together' ? await this.#reportsIn(payload) : null;
    const answer = await this.world.click(who.openId, found, form);
    const counts = answer.kind === 'done' ? this.done : this.refused;
    counts.set(action, (counts.get(action) ?? 0) + 1);
    if (answer.kind !== 'done') return answer;
    const { at, words } = answer;
    if (action === 'progress.sign-off-together' || action === 'progress.adopt-together') {
      const until = action === 'progress.adopt-together' ? new Date(String(payload['until'])) : null;
      // 双击的第二下，接着办第一下办不完的。
      for (const one of [{ words, at }, ...(answer.again ? [answer.again] : [])]) {
        const expected = this.model.decidedTogether(among ? 'signedOff' : 'adopted', { among, until, at: one.at });
        const told = Number(/(\d+)件/.exec(one.words)?.[1] ?? -1);
        if (told !== expected) this.problems.push(`I1 ${who.name} ${action}: the answer says ${told}, the model ${expected}`);
      }
      return answer;
    }
    const problem = this.model.done(action, { payload, form: form ?? {}, about, by: who.personId, at, words });
    if (problem) this.problems.push(`I1 ${problem}`);
    const item = this.model.items.get(about);
    if (item) this.model.lapse(item);
    return answer;
  }

  async #signs(who: Cadre, bookId: string): Promise<void> {
    await this.finds(who, 'task-books.acknowledge', (payload) => payload['bookId'] === bookId);
  }

  async #reports(who: Cadre, item: Item, day: string): Promise<void> {
    const { world, chance } = this;
    const ofItem = (payload: Found['payload']): boolean => payload['itemId'] === item.id;
    const percent = this.#progressOf(item, day);
    const lowered = percent < item.percent;
    if (item.metrics.length === 0 && !lowered && chance.happens(0.3)) await world.says(who.openId, `${item.code} ${percent}%`);
    else {
      const fromCard = chance.happens(0.5) && world.find(who.openId, 'progress.open-form', ofItem) !== null;
      if (!fromCard) await world.says(who.openId, item.code);
      if (chance.happens(0.15)) {
        const tap = world.find(who.openId, 'progress.no-change', ofItem);
        if (tap) {
          await this.press(who, tap);
          return;
        }
      }
      await this.finds(who, 'progress.open-form', ofItem);
    }
    const form = {
      percent: String(percent),
      content: `${day} ${chance.pick(['已开工', '正常推进', '完成招标', '主体完工'])}`,
      ...(lowered ? { reason: '折算口径调整' } : {}),
      // 表里带着上一次填的困难：没有了就要清掉。
      difficulties: chance.happens(0.15) ? '外地手续未到' : '',
    };
    await this.finds(who, 'progress.report', ofItem, form);
  }

  /** 大多赶在计划前后 */
  #progressOf(item: Item, day: string): number {
    if (this.chance.happens(0.03)) return Math.max(0, item.percent - this.chance.int(1, 10));
    const [from, until, now] = [item.issuedAt.getTime(), Date.parse(`${item.dueOn}T00:00:00Z`), Date.parse(`${day}T00:00:00Z`)];
    const planned = Math.round(((now - from) / Math.max(1, until - from)) * 100) + this.chance.int(-20, 10);
    return Math.max(item.percent, Math.min(99, Math.max(0, planned)));
  }

  async #clearsList(who: Cadre, verb: 'sign-off' | 'adopt'): Promise<void> {
    const { world, chance } = this;
    await world.says(who.openId, verb === 'sign-off' ? '待审签' : '待采纳');
    const together = world.find(who.openId, `progress.${verb}-together`);
    if (together && chance.happens(0.8)) await this.press(who, together);
    for (let left = 4; left > 0; left -= 1) {
      const found = world.find(who.openId, `progress.${verb}`);
      if (!found) return;
      if (!chance.happens(0.1)) {
        await this.press(who, found, found.component.form ? {} : undefined);
        continue;
      }
      const same = (payload: Found['payload']): boolean => payload['reportId'] === found.payload['reportId'];
      if (!world.find(who.openId, 'progress.return', same)) await this.finds(who, 'progress.open-report', same);
      await this.finds(who, 'progress.return', same, { reason: '请补充依据' });
    }
  }

  async #requestsCompletion(who: Cadre, item: Item): Promise<void> {
    const ofItem = (payload: Found['payload']): boolean => payload['itemId'] === item.id;
    await this.world.says(who.openId, item.code);
    await this.finds(who, 'completion.open', ofItem);
    await this.finds(who, 'completion.request', ofItem, { result: '已完成', evidence: '材料存档' });
  }

  async #decidesCompletion(who: Cadre, item: Item, desk: 'unit' | 'office'): Promise<void> {
    const requestId = await this.#idOf('CompletionRequest', item);
    const same = (payload: Found['payload']): boolean => payload['requestId'] === requestId;
    if (desk === 'unit') {
      if (this.chance.happens(0.1)) await this.finds(who, 'completion.return', same, { reason: '材料不齐' });
      else await this.finds(who, 'completion.sign-off', same, {});
      return;
    }
    const findings = '抽查属实';
    if (this.chance.happens(0.12)) await this.finds(who, 'completion.send-back', same, { reason: '有遗漏', findings });
    else if (item.status === 'underVerification' && this.chance.happens(0.15))
      await this.finds(who, 'completion.require-on-site', same, { findings: '现场看' });
    else await this.finds(who, 'completion.complete', same, { c1: true, c2: true, c3: true, c4: true, c5: true, c6: true, findings });
  }

  async #asksExtension(who: Cadre, item: Item, day: string): Promise<void> {
    const ofItem = (payload: Found['payload']): boolean => payload['itemId'] === item.id;
    await this.world.says(who.openId, item.code);
    await this.finds(who, 'extensions.open', ofItem);
    const from = item.dueOn > day ? item.dueOn : day;
    const form = { requestedOn: plusWorkingDays(from, this.chance.int(5, 30)), reason: '手续未批', progress: '主体完成' };
    if (this.world.find(who.openId, 'extensions.request', ofItem)) await this.finds(who, 'extensions.request', ofItem, form);
    else await this.finds(who, 'extensions.explain', ofItem, form);
  }

  async #decidesExtension(who: Cadre, item: Item, verb: 'sign-off' | 'check' | 'agree' | 'approve' | 'instruct'): Promise<void> {
    const requestId = await this.#idOf('ExtensionRequest', item);
    const same = (payload: Found['payload']): boolean => payload['requestId'] === requestId;
    const today = dayOf(this.world.now());
    const approvedOn = plusWorkingDays(item.dueOn > today ? item.dueOn : today, this.chance.int(5, 30));
    const found = this.world.find(who.openId, `extensions.${verb}`, same);
    // 第一次延期不经主任，这张卡就没有这个按钮。
    if (!found) return;
    if (verb !== 'instruct' && this.chance.happens(0.15)) await this.finds(who, 'extensions.reject', same, { note: '可以调配' });
    else if (verb === 'approve' || verb === 'instruct') await this.press(who, found, { approvedOn, note: '李文博批示同意' });
    else await this.press(who, found, {});
  }

  async #repliesToUrge(who: Cadre, item: Item, day: string): Promise<void> {
    const ofItem = (payload: Found['payload']): boolean => payload['itemId'] === item.id;
    if (!this.world.find(who.openId, 'reminders.open-reply', ofItem)) return;
    await this.finds(who, 'reminders.open-reply', ofItem);
    const whole = { cause: '手续未批', measure: '加派人手', promisedOn: plusWorkingDays(day, this.chance.int(3, 25)) };
    await this.finds(who, 'reminders.reply', ofItem, this.chance.happens(0.2) ? { cause: '在办' } : whole);
  }

  async #decidesReply(who: Cadre, item: Item): Promise<void> {
    const [row] = await this.world.sql<{ id: string }>(
      `SELECT id FROM "UrgeReply" WHERE "itemId" = $1 AND status = 'submitted' ORDER BY at DESC LIMIT 1`,
      [item.id],
    );
    const same = (payload: Found['payload']): boolean => payload['replyId'] === row?.id;
    if (this.chance.happens(0.2)) await this.finds(who, 'reminders.return-reply', same, { reason: '日期太晚' });
    else await this.finds(who, 'reminders.accept-reply', same, {});
  }

  async #halts(item: Item, what: 'suspend' | 'resume' | 'cancel', day: string): Promise<void> {
    const chief = this.#chief();
    if (!chief) return;
    const ofItem = (payload: Found['payload']): boolean => payload['itemId'] === item.id && (payload['what'] ?? what) === what;
    await this.world.says(chief.openId, item.code);
    await this.finds(chief, 'halts.open', ofItem);
    const dueOn = item.dueOn > day ? item.dueOn : plusWorkingDays(day, 15);
    await this.finds(chief, `halts.${what}`, ofItem, { basis: '专题会议纪要', ...(what === 'resume' ? { dueOn } : {}) });
  }

  async #declines(item: Item): Promise<void> {
    const liaison = this.#of(item.unit, 'liaison');
    if (!liaison) return;
    await this.world.says(liaison.openId, item.code);
    await this.finds(liaison, 'task-books.open-decline', ({ itemId }) => itemId === item.id);
    const found = this.world.find(liaison.openId, 'task-books.decline', ({ bookId }) => bookId === item.bookId);
    if (found) await this.press(liaison, found, { item: item.id, unit: item.unit === 'U15' ? 'U16' : 'U15', reason: '不属本单位职责' });
  }

  async #decidesDecline(item: Item): Promise<void> {
    const [row] = await this.world.sql<{ id: string; status: string }>(
      `SELECT id, status FROM "ItemDecline" WHERE "itemId" = $1 ORDER BY "filedAt" DESC LIMIT 1`,
      [item.id],
    );
    const same = (payload: Found['payload']): boolean => payload['declineId'] === row?.id;
    const [inspector, chief] = [this.people.find(({ role }) => role === 'inspector'), this.#chief()];
    const form = { decision: 'uphold', note: '职责明确' };
    if (row?.status === 'filed' && inspector) await this.finds(inspector, 'task-books.propose-decline', same, form);
    else if (chief) await this.finds(chief, 'task-books.decide-decline', same, form);
  }

  async #looks(): Promise<void> {
    const who = this.chance.pick(
      this.people.filter(({ role }) => ['principalLeader', 'leaderInCharge', 'chiefInspector', 'unitHead'].includes(role)),
    );
    await this.world.says(who.openId, this.chance.pick(['台账', '简报', '我的任务', '帮助', '在督']));
  }

  /** 冒领 — a card that was meant for somebody else; nothing may come of it. */
  async #intrudes(): Promise<void> {
    const { world, chance } = this;
    const [victim, stranger] = chance.shuffled(this.people.filter(({ unit }) => unit !== null)).slice(0, 2);
    if (!victim || !stranger || victim.openId === stranger.openId) return;
    const action = chance.pick(['progress.open-form', 'task-books.acknowledge', 'progress.sign-off', 'completion.sign-off', 'orders.acknowledge']);
    const found = world.find(victim.openId, action);
    if (!found) return;
    world.counts.intruders += 1;
    const tampered = chance.happens(0.5);
    const value = callbackValue(found.component.json);
    if (typeof value !== 'object' || value === null) return;
    const forged = tampered ? { ...value, p: { ...found.payload, extra: 1 } } : value;
    const own = world.emulator.store.directChat(stranger.openId);
    const message = world.emulator.store.messagesOf(own.chatId).findLast(({ msgType }) => msgType === 'interactive');
    if (!message) return;
    const { seen } = await world.acts.forgesClick(stranger.openId, message.messageId, { tag: 'button', value: forged });
    const accepted = seen.kind === 'answered' && (seen.toast?.type ?? 'success') === 'success';
    world.trace(`${stranger.name} forges ${action} → ${accepted}`);
    if (accepted) this.problems.push(`I4 ${stranger.name} was let in with a card of ${victim.name} (${action}${tampered ? ', changed' : ''})`);
    await world.settle();
  }

  #reporter(item: Item): Cadre | undefined {
    return this.#of(item.unit, 'liaison');
  }

  readonly #byUnit = new Map<string, Cadre | undefined>();
  #of(unit: string, role: string): Cadre | undefined {
    const key = `${unit}/${role}`;
    if (!this.#byUnit.has(key))
      this.#byUnit.set(
        key,
        this.people.find((person) => person.unit === unit && person.role === role),
      );
    return this.#byUnit.get(key);
  }

  #chief(): Cadre | undefined {
    return this.people.find(({ role }) => role === 'chiefInspector');
  }

  async #idOf(table: 'CompletionRequest' | 'ExtensionRequest', item: Item): Promise<string> {
    const [row] = await this.world.sql<{ id: string }>(`SELECT id FROM "${table}" WHERE "itemId" = $1 ORDER BY round DESC LIMIT 1`, [item.id]);
    return row?.id ?? '';
  }

  async #reportsIn(payload: Found['payload']): Promise<Set<string>> {
    const rows = await this.world.sql<{ key: string }>(`SELECT "itemId" || '/' || round AS key FROM "ProgressReport" WHERE id = ANY($1)`, [
      payload['reportIds'],
    ]);
    return new Set(rows.map(({ key }) => key));
  }

  /** 说的是哪一项 — the ids on a button are names; what they name does not change. */
  async #identify(action: string, payload: Found['payload']): Promise<string> {
    const [name, id] = Object.entries(payload).find(([key]) => key.endsWith('Id')) ?? [];
    if (name === undefined || typeof id !== 'string') return '';
    if (name === 'itemId' || name === 'bookId') return id;
    const known = this.#items.get(id);
    if (known !== undefined) return known;
    const table = tableOf(action, name);
    if (!table) return '';
    const [row] = await this.world.sql<{ itemId: string }>(`SELECT "itemId" FROM "${table}" WHERE id = $1`, [id]);
    this.#items.set(id, row?.itemId ?? '');
    return row?.itemId ?? '';
  }
}

function tableOf(action: string, name: string): string | null {
  if (name === 'reportId') return 'ProgressReport';
  if (name === 'requestId') return action.startsWith('extensions.') ? 'ExtensionRequest' : 'CompletionRequest';
  if (name === 'replyId') return 'UrgeReply';
  if (name === 'declineId') return 'ItemDecline';
  return name === 'orderId' ? 'SupervisionOrder' : null;
}

const open = new Set(['underVerification', 'onSiteVerification']);
/** 可以分管事项的：表上写的也可以是主要领导 */
const leads = new Set(['leaderInCharge', 'principalLeader']);
