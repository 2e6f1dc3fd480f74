import { formatDay } from '#cards/kit/format';
import { scoreChart, scoreLabel } from '#cards/review/score-chart';
import type { Context } from '#core/context';
import { page, safe } from '#core/html';
import type { LiveView, WebPage } from '#core/web';
import { findPublicKeys } from '#domain/ballots/blind/store';
import { keyCode } from '#domain/ballots/blind/tokens';
import { countCast } from '#domain/ballots/box/store';
import { findLink } from '#domain/ballots/slips/store';
import { currentQuorum } from '#domain/review/attend';
import { validRound } from '#domain/review/counting';
import type { BallotRound, ReviewSession, ReviewSlot } from '#domain/review/model';
import { getSession } from '#domain/review/setup';
import { currentSlot } from '#domain/review/stage';
import { countAwaited, findQuestionPut, findRounds, findSlots } from '#domain/review/store';
import { yearWords } from '#domain/review/year-result';
import { formulaOf, resultRows, tieRuleOf, totalWords } from './outcome.ts';
import { secrecyWords, togetherWords } from './views.ts';

const style = `
*{box-sizing:border-box}html,body{margin:0;height:100%;background:#0b1b3a;color:#fff;font-family:-apple-system,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}
main{min-height:100vh;padding:3vh 4vw;display:flex;flex-direction:column;gap:2.4vh;font-size:2.6vh}
h1{font-size:3.4vh;margin:0;font-weight:600;color:#cfe0ff}.now{flex:1;display:flex;flex-direction:column;justify-content:center;align-items:center;text-align:center}
.unit{font-size:9vh;font-weight:700;line-height:1.2}.who{font-size:4.4vh;color:#cfe0ff}.big{font-size:13vh;font-weight:700;font-variant-numeric:tabular-nums;line-height:1.2}
.asks{font-size:4vh;margin-top:2vh;max-width:80vw;border-left:.6vh solid #ffd666;padding-left:1.6vw;text-align:left}
.just{font-size:5vh;margin-bottom:3vh;padding:1vh 2vw;border:.3vh solid #ffd666;border-radius:1vh}
.phase{font-size:4.4vh;background:#1456f0;border-radius:1vh;padding:.4vh 2vw;margin-bottom:2vh}.warn{color:#ffd666}
.order{font-size:4.4vh;display:grid;grid-template-columns:auto auto;grid-auto-flow:column;gap:1.6vh 6vw;text-align:left;margin-top:3vh}.order li{color:#fff}
ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:1vh 2vw}li{color:#cfe0ff}li[aria-current]{color:#fff;font-weight:700;text-decoration:underline}
table{width:100%;border-collapse:collapse;font-size:3.4vh}th{text-align:left;color:#cfe0ff;font-weight:400}td,th{padding:1.1vh 1vw}td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}
.results{flex:1;display:flex;gap:2vw;align-items:stretch}.results table{flex:3}.chart{flex:2;min-height:60vh}.foot{color:#cfe0ff;font-size:2vh;word-break:break-all}`;

/** 大屏 — a page for the projector; it follows by itself and finds back after a restart. */
export const screenPage: WebPage = {
  name: 'review.screen',
  method: 'GET',
  path: '/p/screen/:key',
  handle: async (ctx, { params }) => {
    const key = params['key'] ?? '';
    const seen = await lookAt(ctx, key);
    const inner = seen ?? '<div class="now"><div class="who">地址已过期，请在主持台重新取一个</div></div>';
    return {
      status: seen === null ? 404 : 200,
      html: page('述职测评', `<main id="live" data-live="/p/screen/${safe(key)}/live" aria-live="off">${inner}</main>`, {
        style,
        scripts: ['/p/vchart.js', '/p/live.js'],
      }),
    };
  },
};

/** 大屏的画面 */
export const screenView: LiveView = {
  name: 'review.screen-view',
  path: '/p/screen/:key/live',
  look: (ctx, params) => lookAt(ctx, params['key'] ?? ''),
};

async function lookAt(ctx: Context, key: string): Promise<string | null> {
  const link = await findLink(ctx.tx, { key, kind: 'screen', now: ctx.now });
  if (!link) return null;
  const session = await getSession(ctx, link.sessionId);
  const slots = await findSlots(ctx.tx, session.id);
  const slot = session.state === 'inSession' ? currentSlot(slots, session.plan) : null;
  const rounds = await findRounds(ctx.tx, session.id);
  return `<h1>${safe(session.title)}</h1>${await bodyOf(ctx, session, { slots, rounds })}${session.results ? '' : orderOf(session, { slots, rounds }, slot)}`;
}

interface Stage {
  readonly slots: readonly ReviewSlot[];
  readonly rounds: readonly BallotRound[];
}

async function bodyOf(ctx: Context, session: ReviewSession, { slots, rounds }: Stage): Promise<string> {
  const shown = session.released !== 'none' && session.released !== 'leaders';
  if (session.results && shown) return resultsOf(session);
  if (session.results) return now('计票完成', '', '结果由领导放行后公布');
  const quorum = await currentQuorum(ctx, session);
  if (session.state === 'voted') return now('全部测评已关闭', '', '等待计票');
  if (session.state === 'signIn') return now('正在签到', `${quorum.present}/${quorum.entitled}`, quorum.reached ? '达到法定人数' : '未达法定人数');
  const slot = session.state === 'inSession' ? currentSlot(slots, session.plan) : null;
  const { heldOn, startsAt, place } = session.plan;
  const when = safe(`${formatDay(heldOn)}${startsAt}　${place}`);
  if (!slot && session.state === 'drawn') return now('述职次序已定', '', `${when}${largeOrder(slots)}`);
  if (!slot) return now('筹备中', '', when);
  const open = rounds.find(({ state }) => state === 'open');
  const question = slot.state === 'questioning' ? await findQuestionPut(ctx.tx, slot.id) : null;
  const beside = [
    ...(slot.yearResult ? [`<div class="who">本年任务：${safe(yearWords(slot.yearResult))}</div>`] : []),
    ...(question ? [`<div class="asks">${safe(question.voterClass)}提问：${safe(question.text)}</div>`] : []),
  ].join('');
  const unit = `<div class="unit">${safe(slot.unitName)}</div><div class="who">第${slot.position}/${slots.length}家　述职人 ${safe(slot.presenter)}</div>`;
  if (open) {
    const cast = await countCast(ctx.tx, open);
    const code = open.openingId === null ? '' : `<div class="who">匿名票核对码 ${keyCode(await findPublicKeys(ctx.tx, open.openingId))}</div>`;
    const together = togetherWords(rounds);
    const voted = together === '' ? unit : `<div class="unit">${safe(together)}</div>`;
    return `<div class="now"><div class="phase">正在测评　${left(ctx, open.closesAt)}</div>${voted}<div class="big">已投${cast}/${await countAwaited(ctx.tx, open)}</div>${code}</div>`;
  }
  const words = {
    waiting: '请准备',
    reporting: '述职',
    questioning: '问答',
    heard: '等待测评',
    voting: '正在测评',
    voted: '测评已关闭',
    absent: '缺席',
  }[slot.state];
  const clock =
    slot.phaseUntil && (slot.state === 'reporting' || slot.state === 'questioning') ? `<div class="big">${left(ctx, slot.phaseUntil)}</div>` : '';
  return `<div class="now">${justShown(slot, { slots, rounds })}<div class="phase">${words}</div>${unit}${clock}${beside}</div>`;
}

/** 即时公布：下一家上台之前，上一家的成绩在最上面 */
function justShown({ state, position }: ReviewSlot, { slots, rounds }: Stage): string {
  const former = state === 'waiting' ? slots.find((slot) => slot.position === position - 1) : undefined;
  const shown = former && validRound(rounds, former.id)?.shown;
  if (!former || !shown) return '';
  const score = shown.total === null ? totalWords(shown) : `总分${shown.total}　优秀率${shown.excellentRate ?? '—'}%`;
  return `<div class="just">${safe(former.unitName)}　${safe(score)}</div>`;
}

const now = (phase: string, big: string, foot: string): string =>
  `<div class="now"><div class="phase">${safe(phase)}</div>${big === '' ? '' : `<div class="big">${safe(big)}</div>`}<div class="who">${foot}</div></div>`;

/** 剩余时间 4:59；最后两分钟变色，同时写明 */
function left(ctx: Context, until: Date): string {
  const seconds = Math.max(0, Math.ceil((until.getTime() - ctx.now.getTime()) / 1000));
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return seconds === 0 ? '<span class="warn">时间到</span>' : seconds <= 120 ? `<span class="warn">还剩 ${text}</span>` : text;
}

/** 次序刚定的时候，全场要看得清：两列，先下后右 */
function largeOrder(slots: readonly ReviewSlot[]): string {
  const items = slots.map(({ position, unitName }) => `<li>${position}　${safe(unitName)}</li>`);
  return `<ol class="order" style="grid-template-rows:repeat(${Math.ceil(slots.length / 2)},auto)${slots.length > 16 ? ';font-size:2.4vh' : ''}">${items.join('')}</ol>`;
}

function orderOf({ state }: ReviewSession, { slots, rounds }: Stage, current: ReviewSlot | null): string {
  const open = rounds.filter((round) => round.state === 'open');
  // 几家一起测评的，投的是哪几家就都标出来。
  const marked = new Set(open.length > 1 ? open.map(({ slotId }) => slotId) : [current?.id]);
  if (state === 'preparing' || state === 'locked' || state === 'drawn') return '';
  const items = slots.map(({ id, position, unitName, state: at }) => {
    const total = validRound(rounds, id)?.shown?.total;
    const mark = at === 'absent' ? '　缺席' : at === 'voted' ? (total ? `　${safe(total)}` : '✓') : '';
    return `<li${marked.has(id) ? ' aria-current="step"' : ''}>${position} ${safe(unitName)}${mark}</li>`;
  });
  return `<ol>${items.join('')}</ol>`;
}

/** 投影上的样子 — the same chart as on the card, with a clear ground and letters that the last row can read. */
const large = { label: { style: { fontSize: 22, fill: '#cfe0ff' } } };
const onProjector = {
  background: 'transparent',
  label: { ...scoreLabel, style: { ...scoreLabel.style, fontSize: 22 } },
  axes: [
    { orient: 'bottom', min: 0, max: 100, ...large },
    { orient: 'left', maxWidth: '50%', ...large },
  ],
};

function resultsOf(session: ReviewSession): string {
  const rows = resultRows(session).map(
    ({ rank, unitName, total, excellent }) =>
      `<tr><td class="number">${safe(rank)}</td><td>${safe(unitName)}</td><td class="number">${safe(total)}</td><td class="number">${safe(excellent)}</td></tr>`,
  );
  const scored = resultRows(session).filter(({ total }) => /^\d/.test(total));
  const chart =
    scored.length > 1
      ? `<div class="chart" data-theme="dark" data-chart="${safe(JSON.stringify({ ...scoreChart(scored), ...onProjector }))}"></div>`
      : '';
  return `<div class="results"><table><thead><tr><th class="number">名次</th><th>单位</th><th class="number">总分</th><th class="number">优秀率</th></tr></thead><tbody>${rows.join('')}</tbody></table>${chart}</div>
<div class="foot">${safe(formulaOf(session))}；同分${safe(tieRuleOf(session))}　投票方式：${safe(secrecyWords(session.plan, true))}　票面指纹 ${safe(session.ballotsHash ?? '')}</div>`;
}
