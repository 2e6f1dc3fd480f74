import { type ExtensionProps, extensionCard } from '#cards/extensions/extension.card';
import type { Card } from '#cards/kit/card';
import { formatInstant } from '#cards/kit/format';
import { doneToast, type Toast } from '#core/click';
import type { Actor, Context } from '#core/context';
import { instantAt } from '#core/dates';
import type { CardRenewal } from '#core/renewal';
import { deskOf, type Extension } from '#domain/extensions/decide';
import { pendingStatuses } from '#domain/extensions/model';
import { countApproved, findAllPending, findExtension, findLastExtension } from '#domain/extensions/store';
import { inspectorsDesk, unheardAt } from '#domain/roster/desk';
import { type Holder, leaderRoles, leadersOf } from '#domain/roster/model';
import { may, type OperationName } from '#domain/roster/policy';
import { findHolders, listUnits } from '#domain/roster/store';
import { matterOf } from '#domain/work-items/item-view';
import { findItem } from '#domain/work-items/store';
import { writtenCode } from '#domain/work-items/written-code';

export type Audience = ExtensionProps['audience'];

const audiences: readonly Audience[] = ['unit', 'head', 'inspector', 'chief', 'leader'];

/** 卡片键 */
export const extensionKey = (requestId: string, audience: Audience): string => `extension:${requestId}:${audience}`;

/** 延期申请 → 卡片 */
export async function extensionView(ctx: Context, audience: Audience, extension: Extension): Promise<Card> {
  const { item, request } = extension;
  const unit = (await listUnits(ctx.tx)).find(({ code }) => code === item.leadUnit);
  const at = (instant: Date | null): string => (instant === null ? '' : formatInstant(new Date(instant), ctx.today));
  const year = Number(ctx.today.slice(0, 4));
  const [from, to] = [instantAt(`${year}-01-01`), instantAt(`${year + 1}-01-01`)];
  const { signedOffBy, signedOffAt, checkedBy, checkedAt, checkNote, agreedBy, agreedAt, decidedAt } = request;
  return extensionCard({
    ...{
      audience,
      requestId: request.id,
      code: await writtenCode(ctx, item),
      title: item.title,
      unitName: unit?.name ?? item.leadUnit,
      status: request.status,
    },
    ...{ today: ctx.today, dueOn: item.dueOn, originalDueOn: item.originalDueOn, percent: item.percent },
    ...{ requestedOn: request.requestedOn, reason: request.reason, progress: request.progress, former: request.former },
    ...{ requestedBy: request.requestedBy, requestedAt: at(request.requestedAt) },
    steps: [
      ...(signedOffBy === null ? [] : [`${signedOffBy}审签　${at(signedOffAt)}`]),
      ...(checkedBy === null ? [] : [`${checkedBy}初审　${at(checkedAt)}${checkNote === null ? '' : `：${checkNote}`}`]),
      ...(agreedBy === null ? [] : [`${agreedBy}同意　${at(agreedAt)}`]),
    ],
    ofUnit: audience === 'unit' || audience === 'head' ? null : await countApproved(ctx.tx, { leadUnit: item.leadUnit, from, to }),
    next: await nextWords(ctx, extension),
    unheard: await unheardOf(ctx, extension),
    decided: decidedAt === null ? null : { by: request.decidedBy ?? '', at: at(decidedAt), note: request.note, approvedOn: request.approvedOn },
  });
}

/** 快过期的申请 — goes out again only to whoever has to decide next. */
export const renewExtension: CardRenewal = {
  prefix: 'extension:',
  redraw: async (ctx, { cardKey }) => {
    const [, requestId = '', audience] = cardKey.split(':');
    const request = await findExtension(ctx.tx, requestId);
    const item = request && (await findItem(ctx.tx, request.itemId));
    const mine = audiences.find((each) => each === audience);
    if (!request || !item || mine === undefined) return null;
    const matter = matterOf(item);
    const settled = { card: null, isFor: (reader: Actor) => may(reader, rightOf[mine], matter) };
    if (!pendingStatuses.includes(request.status) || mine !== (await nextOf(ctx, { request, item })).audience) return settled;
    const step = deskOf(request);
    return { card: await extensionView(ctx, mine, { request, item }), isFor: (reader) => may(reader, step, matter) };
  },
};

/** 凭什么看 — while it is not his turn. */
const rightOf: Readonly<Record<Audience, OperationName>> = {
  unit: 'readItem',
  head: 'signOffExtension',
  inspector: 'checkExtension',
  chief: 'extendByInstruction',
  leader: 'approveExtension',
};

/** 等他办的延期申请 — whose turn it is by his posts. */
export async function extensionsFor(ctx: Context, person: Actor): Promise<string[]> {
  const keys: string[] = [];
  for (const request of await findAllPending(ctx.tx)) {
    const item = await findItem(ctx.tx, request.itemId);
    if (!item) continue;
    const { audience, people } = await nextOf(ctx, { request, item });
    if (people.some(({ postId }) => person.posts.some((post) => post.postId === postId))) keys.push(extensionKey(request.id, audience));
  }
  return keys;
}

/** 各处的卡片都换成新的 — returns the copy of whoever clicked. */
export async function refreshExtension(ctx: Context, mine: Audience, extension: Extension): Promise<Card> {
  for (const audience of audiences)
    ctx.outbox.updateCard({ cardKey: extensionKey(extension.request.id, audience), card: await extensionView(ctx, audience, extension) });
  return extensionView(ctx, mine, extension);
}

/** 轮到的人都收不到的缘由；null：有人收得到，或者不等谁了 */
async function unheardOf(ctx: Context, extension: Extension): Promise<string | null> {
  if (!pendingStatuses.includes(extension.request.status)) return null;
  const next = await nextOf(ctx, extension);
  return unheardAt(next, next.people);
}

/** 转给下一方的一句 — or why nobody there hears of it. */
export async function passedWords(ctx: Context, extension: Extension, { done, next }: { done: string; next: string }): Promise<string | Toast> {
  const unheard = await unheardOf(ctx, extension);
  return doneToast(done, unheard, `，${next}`);
}

/** 发给轮到的人 — nobody there to decide it: the inspectors get it and see who is missing. He who has just acted may be next himself. */
export async function sendToNext(ctx: Context, extension: Extension): Promise<void> {
  const { audience, people } = await nextOf(ctx, extension);
  const occasion = extension.request.status;
  if (people.some(({ openId }) => openId !== null)) return send(ctx, extension, { audience, people, occasion });
  await sendToOthers(ctx, extension, { audience: 'inspector', people: await findHolders(ctx.tx, { roles: ['inspector'] }, ctx.today), occasion });
}

/** 换了分管领导，等他批的交到新的手里 — whoever has it already gets no other one. */
export async function passToLeader(ctx: Context, itemId: string): Promise<void> {
  const [request, item] = [await findLastExtension(ctx.tx, itemId), await findItem(ctx.tx, itemId)];
  if (!request || !item || !pendingStatuses.includes(request.status) || (await nextOf(ctx, { request, item })).audience !== 'leader') return;
  await sendToNext(ctx, { request, item });
}

/** 告知结果 — the side that asked and its head. @returns why nobody of them hears of it; null: somebody does */
export async function tellOutcome(ctx: Context, extension: Extension): Promise<string | null> {
  const { item, request } = extension;
  const postIds = [item.responsiblePostId, item.liaisonPostId].filter((postId) => postId !== null);
  const heads = await findHolders(ctx.tx, { unitCodes: [item.leadUnit], roles: ['unitHead', 'liaison'], backup: false }, ctx.today);
  const people = [...(postIds.length > 0 ? await findHolders(ctx.tx, { postIds }, ctx.today) : []), ...heads];
  await sendToOthers(ctx, extension, { audience: 'unit', people, occasion: request.status });
  return unheardAt({ title: '责任人、联络员、单位主要负责人' }, people);
}

/** 点按钮的人是以什么身份 */
export function audienceOf(ctx: Context, { item }: Extension): Audience {
  if (may(ctx.actor, 'signOffExtension', matterOf(item))) return 'head';
  if (may(ctx.actor, 'extendByInstruction')) return 'chief';
  return may(ctx.actor, 'checkExtension') ? 'inspector' : 'leader';
}

interface Sending {
  readonly audience: Audience;
  readonly people: readonly Holder[];
  readonly occasion: string;
}

async function send(ctx: Context, extension: Extension, { audience, people, occasion }: Sending): Promise<void> {
  const cardKey = extensionKey(extension.request.id, audience);
  const card = await extensionView(ctx, audience, extension);
  for (const openId of new Set(people.flatMap((person) => (person.openId ? [person.openId] : [])))) {
    ctx.outbox.sendCard({ to: { person: openId }, cardKey, card, dedupeKey: `${cardKey}:${occasion}:${openId}`, priority: 'task' });
  }
}

/** 发给别人 — whoever acted has it under his finger. */
function sendToOthers(ctx: Context, extension: Extension, { people, ...sending }: Sending): Promise<void> {
  return send(ctx, extension, { ...sending, people: people.filter(({ openId }) => openId !== ctx.actor.openId) });
}

async function nextOf(ctx: Context, { item, request }: Extension): Promise<{ audience: Audience; title: string; people: readonly Holder[] }> {
  switch (deskOf(request)) {
    case 'signOffExtension':
      return {
        audience: 'head',
        title: '单位主要负责人',
        people: await findHolders(ctx.tx, { unitCodes: [item.leadUnit], roles: ['unitHead'] }, ctx.today),
      };
    case 'checkExtension':
      return { audience: 'inspector', title: inspectorsDesk.title, people: await findHolders(ctx.tx, { roles: ['inspector'] }, ctx.today) };
    case 'approveExtension': {
      const leaders = await findHolders(ctx.tx, { roles: leaderRoles }, ctx.today);
      const own = leadersOf(leaders, item.leaderInCharge);
      // 没有写分管领导的，由主要领导批。
      if (own.length > 0) return { audience: 'leader', title: '分管领导', people: own };
      return { audience: 'leader', title: '主要领导', people: leaders.filter(({ role }) => role === 'principalLeader') };
    }
    default:
      return { audience: 'chief', title: '督查室主任', people: await findHolders(ctx.tx, { roles: ['chiefInspector'] }, ctx.today) };
  }
}

async function nextWords(ctx: Context, extension: Extension): Promise<string | null> {
  if (!pendingStatuses.includes(extension.request.status)) return null;
  const { audience, title, people } = await nextOf(ctx, extension);
  if (audience === 'inspector') return '督查室';
  return `${title}${people
    .filter(({ delegateFor }) => delegateFor === null)
    .map(({ name }) => name)
    .join('、')}`;
}
