import { noticeCard } from '#cards/system/notice.card';
import { onNotice } from '#core/notice';
import { findPosts } from '#domain/roster/handovers/store';
import { markPersonLeft } from '#domain/roster/operations';
import { tellStewards } from '#domain/roster/stewards';
import { findHolders } from '#domain/roster/store';
import { findItems } from '#domain/work-items/store';
import { closeHand } from './let-go.ts';
import { queueTakeOver } from './take-over.ts';

/** 人员离职 — the posts stand empty from now on: the administrators and the inspectors are told which, and what nobody answers for. */
export const onPersonLeft = onNotice('personLeft', async (ctx, { openId }): Promise<undefined> => {
  const person = await markPersonLeft(ctx, openId);
  if (person) await closeHand(ctx, openId);
  const posts = person ? await findPosts(ctx.tx, { personId: person.id }, ctx.today) : [];
  if (!person || posts.length === 0) return;
  const items = await findItems(ctx.tx, { postIds: posts.map(({ postId }) => postId), openOnly: true });
  const named = posts.map(({ unitName, title }) => `${unitName ? `${unitName} ` : ''}${title}`).join('、');
  const open = items.length > 0 ? `，由他负责的在办事项${items.length}项` : '';
  const card = noticeCard({
    title: '有人离职，岗位空缺',
    text: `${person.name}的飞书账号已停用。空出的岗位：${named}${open}。移交之前，发给这个岗位的没有人收到；请发送“移交 ${person.name}”办理。`,
    tone: 'warning',
  });
  await tellStewards(ctx, { cardKey: `person-left:${person.id}`, card, dedupeKey: `person-left:${person.id}:${openId}` });
  // 没有在任的分管领导，他手上的由主要领导批。
  const principals = posts.some(({ role }) => role === 'leaderInCharge') ? await findHolders(ctx.tx, { roles: ['principalLeader'] }, ctx.today) : [];
  for (const { personId, postId, delegateFor } of principals) {
    const occasion = `${person.name}的岗位空缺，由主要领导批`;
    if (delegateFor === null)
      await queueTakeOver(ctx, ctx.today, { key: `left:${person.id}:${personId}`, personId, postId, principalId: null, occasion });
  }
});
