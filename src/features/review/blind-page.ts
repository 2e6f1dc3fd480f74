import { fileURLToPath } from 'node:url';
import type { Context } from '#core/context';
import { page, safe } from '#core/html';
import type { PageReply, PageScript, WebPage } from '#core/web';
import { commentMax, commentText } from '#domain/ballots/comment-text';
import { bearerOf, castTicket, currentOpening, issueTicket } from '#domain/review/blind';
import type { ReviewSession } from '#domain/review/model';
import { getSession } from '#domain/review/setup';
import { currentSlot } from '#domain/review/stage';
import { findSlots } from '#domain/review/store';
import { ballotStyle } from './ballot-style.ts';
import type { DeskNow, OpeningNow } from './blind-client/desk-now.ts';
import { endedWords } from './ended.ts';
import { clockOf } from './views.ts';

// 匿名投票页。/p/issue 认人、不见票；/p/cast 见票、不认人。两处都不留访客的任何东西。

/** 投票页的脚本 — the one place where a page needs one: the ticket is covered and uncovered on the voter's own phone. */
export const blindScript: PageScript = { path: '/p/blind.js', entry: fileURLToPath(new URL('blind-client/main.ts', import.meta.url)) };

/** 匿名投票页 — opened from one's own card. */
export const blindPage: WebPage = {
  name: 'review.blind',
  method: 'GET',
  path: '/p/vote/:key',
  handle: async (ctx, { params }) => {
    const key = params['key'] ?? '';
    const { sessionId } = await bearerOf(ctx, key);
    return blindDesk(await getSession(ctx, sessionId), key);
  },
};

/** 投票页 — for a voter's link and for a guest's slip alike. */
export function blindDesk({ title }: ReviewSession, key: string): PageReply {
  const body = `<main><h1>${safe(title)}</h1>
<div id="desk" data-key="${safe(key)}"><p class="state" role="status">正在打开……</p></div>
<noscript><p class="state">这一场用可证明匿名模式：匿名票在您的手机里生成，浏览器须允许脚本。请换一个浏览器打开，或请现场工作人员帮助。</p></noscript>
<details><summary>匿名是怎么保证的，保证到哪里</summary>
<p>您的手机随机造一张票，遮住后送来；系统核对名册，盲签一次，只记“领过”；手机揭开遮挡，再不带身份投出。系统签时看不到票，收票时不知道是谁。拿到全部数据库、日志和往来记录，也算不出哪一票是谁的。</p>
<p>核对码与大屏一致，说明全场用的是同一副钥匙，没有人给您单做记号。</p>
<p>不保证的：网络设备看得到手机地址和投票的早晚；这一页的程序由本系统提供，有人在投票期间改了它就不成立；票上有您的类别；您把屏幕给别人看。</p></details></main>`;
  return { html: page('匿名投票', body, { style: ballotStyle, scripts: [blindScript.path] }) };
}

/** 投票页此刻的样子 */
export const blindNow: WebPage = {
  name: 'review.blind-now',
  method: 'GET',
  path: '/p/now/:key',
  data: true,
  handle: async (ctx, { params }) => {
    const { sessionId, standing, voterClass } = await bearerOf(ctx, params['key'] ?? '');
    const session = await getSession(ctx, sessionId);
    if (standing === 'good') return { data: { ...(await deskNow(ctx, session, voterClass)) } };
    const now: DeskNow = { words: refusals[standing], over: standing === 'void', opening: null };
    return { data: { ...now } };
  },
};

const refusals = {
  absent: '您没有签到，或已登记离会。',
  void: '这张票已经作废。请向现场工作人员换领一张新票。',
  spare: '这是备用票，还没有启用。请现场工作人员办理换票。',
} as const;

async function deskNow(ctx: Context, session: ReviewSession, voterClass: string): Promise<DeskNow> {
  const { id, state, plan } = session;
  if (state !== 'inSession') {
    const over = session.results !== null || state === 'voted';
    return { words: over ? await endedWords(ctx, session) : '会议还没有开始，请稍候，不要关闭这一页。', over, opening: null };
  }
  const slots = await findSlots(ctx.tx, id);
  const opening = await currentOpening(ctx, id);
  if (!opening) {
    const slot = currentSlot(slots, session.plan);
    const words = slot ? `第${slot.position}/${slots.length}家：${slot.unitName}，尚未开放测评。` : '请稍候。';
    return { words: `${words}开放时这一页会自己变成测评票。`, over: false, opening: null };
  }
  const units = opening.rounds.flatMap(({ id: roundId, slotId }) => {
    const slot = slots.find((each) => each.id === slotId);
    return slot ? [{ roundId, name: slot.unitName, presenter: slot.presenter, position: slot.position, total: slots.length }] : [];
  });
  const [first] = opening.rounds;
  const now: OpeningNow = {
    id: opening.openingId,
    ...{ voterClass, keys: opening.keys, press: plan.press, method: plan.rules.method, commentMax: plan.comments ? commentMax : 0 },
    closesAt: clockOf(first?.closesAt ?? null),
    choices: plan.rules.method === 'grades' ? (first?.choices ?? []) : [],
    units: units.sort((left, right) => left.position - right.position),
  };
  return { words: '', over: false, opening: now };
}

/** 领票 — a person is known here, the ticket is not. */
export const blindIssue: WebPage = {
  name: 'review.blind-issue',
  method: 'POST',
  path: '/p/issue/:key',
  data: true,
  handle: async (ctx, { params, form }) => ({
    data: await issueTicket(ctx, { key: params['key'] ?? '', openingId: form['opening'] ?? '', blinded: form['blinded'] ?? '' }),
  }),
};

const choicePrefix = 'choice-';
const commentPrefix = 'comment-';

/** 投票 — a ticket is known here, the person is not. */
export const blindCast: WebPage = {
  name: 'review.blind-cast',
  method: 'POST',
  path: '/p/cast',
  data: true,
  handle: async (ctx, { form }) => {
    const choices = new Map(
      Object.entries(form).flatMap(([name, value]): [string, string | null][] => {
        if (!name.startsWith(choicePrefix)) return [];
        const typed = value.normalize('NFKC').trim();
        return [[name.slice(choicePrefix.length), typed === 'abstain' ? null : typed]];
      }),
    );
    const comments = new Map(
      Object.entries(form).flatMap(([name, value]): [string, string][] => {
        const body = name.startsWith(commentPrefix) ? commentText(value) : null;
        return body === null ? [] : [[name.slice(commentPrefix.length), body]];
      }),
    );
    const { opening = '', class: voterClass = '', token = '', signature = '' } = form;
    const outcomes = await castTicket(ctx, { openingId: opening, voterClass, token, signature, choices, comments });
    if (outcomes.length === 0 || outcomes.includes('unknown')) return { data: { refused: '所填的看不懂，请重新选择；打分应为0到100的整数。' } };
    if (outcomes.every((outcome) => outcome === 'closed')) return { data: { refused: '测评已关闭，这一票没有计入。' } };
    if (outcomes.includes('closed')) return { data: { words: '已投票；其中有的已经关闭，没有计入。' } };
    if (outcomes.every((outcome) => outcome === 'already')) return { data: { words: '此票已使用，以第一次为准。' } };
    return { data: { words: outcomes.includes('changed') ? '已改投，以这一次为准。' : '已投票，谢谢。' } };
  },
};
