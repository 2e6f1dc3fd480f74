import { formatDay } from '#cards/kit/format';
import { handOver as handOverAction } from '#cards/roster/actions';
import { handOverFormCard } from '#cards/roster/hand-over-form.card';
import { handedOverCard } from '#cards/roster/handed-over.card';
import { on } from '#core/click';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { InvalidError } from '#core/errors';
import { type Handover, handOverPost, holderOn, plannedAfter } from '#domain/roster/hand-over';
import { findColleagues, findPosts, type PostRecord } from '#domain/roster/handovers/store';
import { unitNameIndex } from '#domain/roster/model';
import { assertMay, may } from '#domain/roster/policy';
import { findPeople, listUnits } from '#domain/roster/store';
import { findUndivided } from '#domain/work-items/field';
import { queueLetGo } from './let-go.ts';
import { queueTakeOver } from './take-over.ts';
import { occasionOf } from './views.ts';

/** 一张卡片里放得下的选项 */
const optionsMax = 55;

/** 移交 — `移交 许启航` lists the posts of that person, `移交 应急管理局` those of the unit, vacant ones too. */
export const handOver: Command = command({
  words: ['移交', 'handover'],
  summary: '把岗位移交给接任的人，未办结的事项随岗位走',
  example: '移交 许启航',
  visibleTo: (actor) => may(actor, 'handOverPost'),
  handle: async (ctx, argument) => {
    assertMay(ctx.actor, 'handOverPost');
    const { about, posts } = await findByWord(ctx, argument);
    const unitCodes = [...new Set(posts.map(({ unitCode }) => unitCode))];
    const colleagues = await findColleagues(ctx.tx, { unitCodes, without: [] }, ctx.today);
    const candidates = colleagues.filter(({ personId }) => personId !== ctx.actor.personId).slice(0, optionsMax);
    const card = handOverFormCard({
      about,
      posts: posts.map((post) => postProps(ctx, post)),
      candidates: candidates.map(({ personId, name, title }) => ({ personId, name, title })),
      today: ctx.today,
      occasion: occasionOf(ctx),
    });
    return { card, privately: true };
  },
});

/** 办理移交 — the successor and the former holder are told; the form gives way to the result. */
export const onHandOver = on(handOverAction, async (ctx, _payload, { post, person, mobile, on: day }) => {
  const handover = await handOverPost(ctx, { ...post, to: { personId: person, mobile }, on: day });
  const card = await resultCard(ctx, handover);
  const { id, former, displacedId, successor } = handover;
  for (const openId of new Set([successor.openId, former?.openId ?? null])) {
    if (openId === null || openId === ctx.actor.openId) continue;
    ctx.outbox.sendCard({ to: { person: openId }, cardKey: `hand-over:${id}`, card, dedupeKey: `hand-over:${id}:${openId}`, priority: 'task' });
  }
  const { postId, unitName, title } = handover.post;
  const occasion = `自${formatDay(day, ctx.today)}起接任${unitName ?? ''}${title}`;
  await queueTakeOver(ctx, day, { key: id, personId: successor.personId, postId, principalId: null, occasion, formerId: displacedId });
  if (former) queueLetGo(ctx, day, { key: id, personId: former.personId, postId });
  return { toast: day > ctx.today ? '移交已安排' : '已移交', card };
});

async function findByWord(ctx: Context, argument: string): Promise<{ about: string; posts: PostRecord[] }> {
  const word = argument.trim();
  if (word === '') throw new InvalidError('请写明现任的姓名或单位，例如“移交 许启航”“移交 应急管理局”');
  const held = await findPosts(ctx.tx, { holderName: word }, ctx.today);
  if (held.length > 0) return { about: word, posts: held };
  const people = await findPeople(ctx.tx, { name: word, today: ctx.today });
  const match = unitNameIndex(await listUnits(ctx.tx))(word);
  if (match.kind === 'unknown') {
    const hint = match.suggestion && people.length === 0 ? `是否为“${match.suggestion.name}”？` : '请核对姓名或单位名称。';
    throw new InvalidError(
      people.length > 0 ? `${word}现在没有岗位。要给他岗位，请写单位，例如“移交 应急管理局”。` : `花名册里没有“${word}”。${hint}`,
    );
  }
  const posts = await findPosts(ctx.tx, { unitCode: match.unit.code }, ctx.today);
  if (posts.length === 0) throw new InvalidError(`花名册里${match.unit.name}没有岗位，请先导入花名册`);
  if (posts.length > optionsMax) throw new InvalidError(`${match.unit.name}岗位太多，请写现任的姓名，例如“移交 许启航”`);
  return { about: match.unit.name, posts };
}

function postProps(ctx: Context, { postId, unitName, title, holdings }: PostRecord) {
  const holder = holderOn(holdings, ctx.today);
  const planned = plannedAfter(holdings, ctx.today);
  return {
    postId,
    unitName,
    title,
    holderId: holder?.personId ?? null,
    holderName: holder && (holder.hasLeft ? `${holder.name}，已离职` : holder.name),
    planned: planned && { name: planned.name, on: planned.fromOn },
  };
}

async function resultCard(ctx: Context, { post, former, successor, on: day }: Handover) {
  const { postId, role } = post;
  const undivided =
    former !== null && role === 'leaderInCharge' ? await findUndivided(ctx, { postId, formerId: former.personId, formerName: former.name }) : null;
  return handedOverCard({
    unitName: post.unitName,
    title: post.title,
    formerName: former?.name ?? null,
    successorName: successor.name,
    withoutAccount: successor.openId === null,
    on: day,
    today: ctx.today,
    byName: ctx.actor.name,
    undivided,
  });
}
