import type { Context } from '#core/context';
import { NotFoundError } from '#core/errors';
import { page, safe } from '#core/html';
import { newId } from '#core/ids';
import type { PageReply, PageRequest, WebPage } from '#core/web';
import { cast, countMarksOf } from '#domain/ballots/box/store';
import { commentMax, commentText } from '#domain/ballots/comment-text';
import { putComment } from '#domain/ballots/comments/store';
import { findSlip, type Slip } from '#domain/ballots/slips/store';
import type { BallotRound, ReviewSession, ReviewSlot } from '#domain/review/model';
import { getSession } from '#domain/review/setup';
import { slipHash } from '#domain/review/slips';
import { currentSlot } from '#domain/review/stage';
import { findRounds, findSlots } from '#domain/review/store';
import { ballotStyle } from './ballot-style.ts';
import { blindDesk } from './blind-page.ts';
import { endedWords } from './ended.ts';

const path = '/p/ballot/:token';

interface Desk {
  readonly token: string;
  readonly slip: Slip;
  readonly session: ReviewSession;
  readonly slots: readonly ReviewSlot[];
  readonly open: readonly BallotRound[];
}

/** 来宾的票 — one slip serves all slots of the session; the page always shows what is to be done now. */
export const slipPage: WebPage = { name: 'review.slip', method: 'GET', path, handle: (ctx, request) => shown(ctx, request) };

/** 投出 — and the page says so; a second time it says 此票已使用. */
export const slipVote: WebPage = {
  name: 'review.slip-vote',
  method: 'POST',
  path,
  handle: async (ctx, request) => {
    const desk = await readDesk(ctx, request);
    const { token, session, open } = desk;
    if (desk.slip.state === 'void' || session.plan.secrecy === 'blind') return shown(ctx, request);
    const rounds = open.filter(({ id }) => request.form['round'] === id || session.plan.method === 'together');
    if (rounds.length === 0) return waiting(desk, '这一轮测评已关闭，这一票没有计入。');
    const missed = Object.keys(request.form).some((name) => name.startsWith('choice-') && !rounds.some(({ id }) => name === `choice-${id}`));
    const read = rounds.map((round) => readChoice(desk, round, request.form[`choice-${round.id}`]));
    const [wrong] = read.flatMap((one) => one.wrong ?? []);
    if (wrong !== undefined) return reply(desk, notice(wrong) + ballot(desk));
    const outcomes = [];
    const comments = new Map(rounds.map(({ id }) => [id, commentText(request.form[`comment-${id}`])]));
    for (const [index, round] of rounds.entries()) {
      const choice = read[index]?.choice ?? null;
      outcomes.push(await cast(ctx.tx, { roundId: round.id, personId: null, tokenHash: slipHash(token), ballotId: newId(), choice, now: ctx.now }));
      const body = comments.get(round.id) ?? null;
      const kept = outcomes.at(-1) === 'cast' || outcomes.at(-1) === 'changed';
      if (body !== null && kept)
        await putComment(ctx.tx, { roundId: round.id, personId: null, tokenHash: slipHash(token), commentId: newId(), body, now: ctx.now });
    }
    if (!missed && outcomes.every((outcome) => outcome === 'already')) return waiting(desk, '此票已使用：这一家您已经投过，请等下一家。');
    if (outcomes.includes('closed')) return waiting(desk, '测评已关闭，没有赶上的票没有计入。');
    // 打开这一页之后票才作废的：没有计入，就不能说谢谢。
    if (!outcomes.every((outcome) => outcome === 'cast' || outcome === 'changed' || outcome === 'already'))
      return reply(desk, notice('这一票没有计入：这张票刚刚作废。请向现场工作人员换领一张新票。'));
    // 单子上有的一家在填的时候作废、关闭了：收下的收下，没有收下的说出来。
    if (missed) return waiting(desk, '已投票；其中有的已经关闭，没有计入。请等下一家。');
    return waiting(desk, `${outcomes.includes('changed') ? '已改投，以这一次为准。' : '已投票，谢谢。'}请等下一家。`);
  },
};

type Read = { readonly choice: string | null; readonly wrong?: never } | { readonly wrong: string; readonly choice?: never };

/** 单子上所填 — all of them are read before the first is cast: of a sheet with a fault nothing is kept. A score that is left empty is 弃权. */
function readChoice({ session }: Desk, { choices }: BallotRound, written = ''): Read {
  const typed = written.normalize('NFKC').trim();
  const scores = session.plan.rules.method === 'scores';
  if (typed === 'abstain' || (scores && typed === '')) return { choice: null };
  if (typed === '') return { wrong: '还没有选。请选一项再投；不想评价就选“弃权”。' };
  return choices.includes(typed) ? { choice: typed } : { wrong: scores ? '分数应为0到100的整数，请重新填写。' : '没有这个等次，请重新选择。' };
}

async function shown(ctx: Context, request: PageRequest): Promise<PageReply> {
  const desk = await readDesk(ctx, request);
  const { slip, session, slots, open, token } = desk;
  if (session.plan.secrecy === 'blind') return blindDesk(session, token);
  if (slip.state === 'void' || session.state === 'replaced') return reply(desk, notice('这张票已经作废。请向现场工作人员换领一张新票。'));
  if (slip.state === 'spare') return reply(desk, notice('这是备用票，还没有启用。请现场工作人员办理换票。'));
  if (session.results || session.state === 'voted') return reply(desk, notice(await endedWords(ctx, session)));
  if (session.state !== 'inSession') return waiting(desk, '会议还没有开始，请稍候。');
  const voted = open.length > 0 ? await countMarksOf(ctx.tx, { roundIds: open.map(({ id }) => id), holder: slip.id }) : 0;
  if (open.length > 0 && voted < open.length) return reply(desk, ballot(desk));
  if (open.length > 0 && session.plan.press === 'last') return reply(desk, notice('您已投票；关闭之前可以改投。') + ballot(desk));
  if (open.length > 0) return waiting(desk, '此票已使用：这一家您已经投过，请等下一家。');
  const slot = currentSlot(slots, session.plan);
  return waiting(desk, slot ? `第${slot.position}/${slots.length}家：${slot.unitName}，尚未开放测评。` : '请稍候。');
}

async function readDesk(ctx: Context, { params }: PageRequest): Promise<Desk> {
  const token = params['token'] ?? '';
  const slip = await findSlip(ctx.tx, slipHash(token));
  if (!slip) throw new NotFoundError('认不出这张票。请重新扫描票上的二维码，或请现场工作人员帮助。');
  const session = await getSession(ctx, slip.sessionId);
  const rounds = session.state === 'inSession' ? await findRounds(ctx.tx, session.id) : [];
  const open = rounds.filter(({ state, closesAt }) => state === 'open' && closesAt > ctx.now);
  return { token, slip, session, slots: await findSlots(ctx.tx, session.id), open };
}

function ballot({ token, session, slots, open }: Desk): string {
  const { rules, press, comments = false } = session.plan;
  const parts = open.map((round) => {
    const slot = slots.find(({ id }) => id === round.slotId);
    const field = `choice-${round.id}`;
    const heading = `<legend><h2>${safe(slot?.unitName ?? '')}</h2><span class="small">第${slot?.position ?? ''}/${slots.length}家　${safe(slot?.presenter ?? '')}</span></legend>`;
    const option = (value: string, words: string): string =>
      `<label><input type="radio" name="${safe(field)}" value="${safe(value)}" required> ${safe(words)}</label>`;
    const choices =
      rules.method === 'grades'
        ? round.choices.map((choice) => option(choice, choice)).join('') + option('abstain', '弃权')
        : `<input type="text" inputmode="numeric" name="${safe(field)}" maxlength="3" placeholder="0—100，不填即弃权" aria-label="0到100分，不填即弃权">`;
    const comment = comments
      ? `<label class="comment">评语，可不写，不署名<textarea name="comment-${safe(round.id)}" maxlength="${commentMax}" rows="2" placeholder="意见建议，${commentMax}字以内"></textarea></label>`
      : '';
    return `<fieldset>${heading}${choices}${comment}</fieldset><input type="hidden" name="round" value="${safe(round.id)}">`;
  });
  const rule = press === 'first' ? '以第一次为准，投出不能改。' : '关闭之前可以改投，以最后一次为准。';
  return `<form method="post" action="/p/ballot/${safe(token)}">${parts.join('')}<button type="submit">投票</button></form><p class="small">${rule}</p>${promises}`;
}

const notice = (words: string): string => `<p class="state" role="status">${safe(words)}</p>`;

/** 没有要办的 — a button looks again, and where scripts run the page presses it by itself. */
function waiting(desk: Desk, words: string): PageReply {
  const again = `<p class="small">开放测评时，这一页会自己变成测评票；没有变，就点下面的按钮。</p><a class="button" id="again" href="/p/ballot/${safe(desk.token)}">看最新进展</a>`;
  return reply(desk, notice(words) + again, ['/p/live.js']);
}

function reply({ session }: Desk, body: string, scripts: readonly string[] = []): PageReply {
  return { html: page('述职测评', `<main><h1>${safe(session.title)}</h1>${body}</main>`, { style: ballotStyle, scripts }) };
}

/** 保证什么，不保证什么，一样明白地说 */
const promises = `<details><summary>不记名是怎么保证的，保证到哪里</summary>
<p>票打乱了发，不登记谁拿了哪一张；系统里没有您的姓名，也没有票面上的这串字，只有它的指纹。投票时记“这张票投过了”，选了什么另外存放，不记时间、先后和手机地址；一关闭就打乱重存，从此对不上。</p>
<p>不保证的：管服务器的人在投票期间改了程序，或一直盯着数据库，看得出哪张票投了什么；会场的网络看得到哪部手机什么时候开过这一页；有人记住了您的票号，或看着您的屏幕。</p></details>`;
