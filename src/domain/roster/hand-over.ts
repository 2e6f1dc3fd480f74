import type { Context } from '#core/context';
import { addDays, isRealDate, type LocalDate } from '#core/dates';
import { ConflictError, InvalidError, NotFoundError } from '#core/errors';
import { newId } from '#core/ids';
import { findPerson, findPosts, type Holding, lockPost, type PersonRecord, type PostRecord, replaceHolding } from './handovers/store.ts';
import { assertMay } from './policy.ts';
import { digitsOf } from './read-roster.ts';

/** 一次移交 */
export interface Handover {
  /** the new holding */
  readonly id: string;
  readonly post: PostRecord;
  /** who holds the post until the day before; null: vacant */
  readonly former: PersonRecord | null;
  /** whom it is taken from at once; null: nobody, or only on the day */
  readonly displacedId: string | null;
  readonly successor: PersonRecord;
  readonly on: LocalDate;
}

/** 移交至多提前这么多天安排 */
const aheadDaysMax = 366;

/**
 * 岗位移交 — the post changes hands from a day on; what is open moves with it because duty belongs to the post, and history stays.
 * A change that was planned for that day or later is replaced.
 * @param formerId the holder of today as the person who acts was shown
 * @throws ConflictError when somebody else has handed the post over meanwhile, or this very change is planned already
 * @throws InvalidError for a day that is past or none, or a successor who holds the post already or is the person who acts
 */
export async function handOverPost(
  ctx: Context,
  { postId, formerId, to, on }: { postId: string; formerId: string | null; to: PersonChoice; on: LocalDate },
): Promise<Handover> {
  assertMay(ctx.actor, 'handOverPost');
  checkDay(on, { today: ctx.today, what: '移交日期' });
  const successor = await choosePerson(ctx, to, '接任人');
  if (successor.personId === ctx.actor.personId) throw new InvalidError('不能把岗位移交给您自己，请由另一位管理员或督查室办理');
  const post = await currentPost(ctx, postId);
  const holder = holderOn(post.holdings, ctx.today);
  if ((holder?.personId ?? null) !== formerId) {
    throw new ConflictError(
      `该岗位现任已是${holder?.name ?? '空缺'}，请重新发送“移交”再办`,
      `post ${postId} is held by ${holder?.personId ?? 'nobody'}`,
    );
  }
  checkSuccessor(post.holdings, { successor, on, today: ctx.today });
  const former = holderOn(post.holdings, addDays(on, -1)) ?? holder;
  const id = newId();
  await replaceHolding(ctx.tx, { id, postId, personId: successor.personId, on });
  ctx.audit.record({
    subject: { type: 'post', id: postId },
    event: 'handOver',
    before: former?.personId,
    after: successor.personId,
    detail: { on, dropped: post.holdings.filter(({ fromOn }) => fromOn >= on).map(({ personId, fromOn }) => ({ personId, fromOn })) },
  });
  const displacedId = on > ctx.today ? null : (holder?.personId ?? null);
  const reachable = former && (await findPerson(ctx.tx, { personId: former.personId }));
  return {
    id,
    post,
    former: former && { personId: former.personId, name: former.name, openId: reachable?.openId ?? null },
    displacedId,
    successor,
    on,
  };
}

/** 选定的人 — one of the list, or anybody in the roster by mobile number. */
export interface PersonChoice {
  readonly personId?: string | undefined;
  readonly mobile?: string | undefined;
}

/** 认定选的人 @param what how the person is called in the form @throws InvalidError when nobody or two people are named, NotFoundError */
export async function choosePerson(ctx: Context, { personId, mobile }: PersonChoice, what: string): Promise<PersonRecord> {
  const digits = digitsOf(mobile ?? '');
  if (personId === undefined && digits === '') throw new InvalidError(`请选择${what}，或填写其手机号`);
  const typed = digits === '' ? null : await findPerson(ctx.tx, { mobile: digits });
  if (digits !== '' && !typed) throw new NotFoundError(`花名册里没有这个手机号，请核对；新来的人请先登记进花名册`);
  const chosen = personId === undefined ? null : await findPerson(ctx.tx, { personId });
  if (personId !== undefined && !chosen) throw new NotFoundError(`所选的${what}已不在岗，请重新选择`);
  if (typed && chosen && typed.personId !== chosen.personId) throw new InvalidError(`选了${chosen.name}，手机号却是${typed.name}的，请只留一个`);
  const person = chosen ?? typed;
  if (!person) throw new InvalidError(`请选择${what}，或填写其手机号`);
  return person;
}

/** 核对日期 — real, not past, and not more than a year ahead. @throws InvalidError */
export function checkDay(day: LocalDate, { today, what }: { today: LocalDate; what: string }): void {
  if (!isRealDate(day)) throw new InvalidError(`${what}不是真实的日期，请重新选择`);
  if (day < today) throw new InvalidError(`${what}不能早于今天`);
  if (day > addDays(today, aheadDaysMax)) throw new InvalidError(`${what}超过一年，请核对年份`);
}

/** 某日的任职人 */
export function holderOn(holdings: readonly Holding[], day: LocalDate): Holding | null {
  return holdings.find(({ fromOn, toOn }) => fromOn <= day && (toOn === null || toOn >= day)) ?? null;
}

/** 已安排的接任 — the next to come, if anybody. */
export function plannedAfter(holdings: readonly Holding[], today: LocalDate): Holding | null {
  return holdings.find(({ fromOn }) => fromOn > today) ?? null;
}

async function currentPost(ctx: Context, postId: string): Promise<PostRecord> {
  const exists = await lockPost(ctx.tx, postId);
  const [post] = exists ? await findPosts(ctx.tx, { postId }, ctx.today) : [];
  if (!post) throw new NotFoundError('这个岗位已不在花名册里，请重新发送“移交”', `no post ${postId}`);
  return post;
}

/** 交回给现任是可以的：那就是取消已安排的移交。 */
function checkSuccessor(holdings: readonly Holding[], { successor, on, today }: { successor: PersonRecord; on: LocalDate; today: LocalDate }): void {
  const planned = plannedAfter(holdings, today);
  if (planned && planned.personId === successor.personId && planned.fromOn === on) {
    throw new ConflictError(`已安排${successor.name}于该日接任，不用再办`);
  }
  if (!planned && holderOn(holdings, today)?.personId === successor.personId) throw new InvalidError(`${successor.name}已在该岗位，无需移交`);
}
