import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const session = z.object({ sessionId: z.string() });
const slot = z.object({ sessionId: z.string(), slotId: z.string() });
const round = z.object({ sessionId: z.string(), roundId: z.string() });

/** 确认方案 */
export const confirmPlan = defineAction('review.confirm-plan', session);
/** 锁定名册 */
export const lockRoll = defineAction('review.lock-roll', session);
/** 取数 */
export const giveNumber = defineAction('review.give-number', session, {
  form: z.object({ number: z.string('请填写6位数字').max(20, '请填写6位数字') }),
});
/** 开始签到 */
export const openSignIn = defineAction('review.open-sign-in', session);
/** 签到 */
export const signIn = defineAction('review.sign-in', session);
/** 打开来宾登记 */
export const openGuests = defineAction('review.open-guests', session);
/** 登记来宾 */
export const signInGuests = defineAction('review.sign-in-guests', session, {
  form: z.object({ absent: z.array(z.string().max(64)).max(200).optional() }),
});
/** 开场 */
export const startSession = defineAction('review.start', session);
/** 刷新主持台 */
export const refreshConsole = defineAction('review.refresh', session);
/** 开始述职、问答，或述职完毕 */
export const startPhase = defineAction('review.phase', slot.extend({ phase: z.enum(['report', 'question', 'hear']) }));
/** 打开问答记录 */
export const openHearing = defineAction('review.open-hearing', slot);
/** 登记提问 */
export const registerQuestion = defineAction('review.register-question', slot, {
  form: z.object({
    voterClass: z.coerce.number('请选择提问人的类别').int(),
    asker: z.string().trim().max(40, '姓名不超过40字').optional(),
    question: z.string('请写明要问什么').trim().max(300, '提问不超过300字'),
  }),
});
/** 请提问 */
export const putQuestion = defineAction('review.put-question', slot.extend({ questionId: z.string() }));
/** 随机请一位 */
export const drawQuestion = defineAction('review.draw-question', slot.extend({ voterClass: z.string() }));
/** 记承诺 */
export const recordPromise = defineAction('review.record-promise', slot, {
  form: z.object({
    promise: z.string('请写明承诺了什么').trim().min(1, '请写明承诺了什么').max(300, '承诺不超过300字'),
    promiseDueOn: z
      .string('请选择完成日期')
      .max(40, '完成日期看不懂，请重新选择')
      .transform((value) => value.slice(0, 10)),
  }),
});
/** 开放测评 */
export const openVote = defineAction('review.open-vote', slot);
/** 关闭测评 */
export const closeVote = defineAction('review.close-vote', round);
/** 打开作废单 */
export const openVoid = defineAction('review.open-void', round);
/** 提出作废重测 */
export const proposeVoid = defineAction('review.propose-void', round, {
  form: z.object({ reason: z.string('请写明原因').max(200, '原因不超过200字') }),
});
/** 同意作废 */
export const agreeVoid = defineAction('review.agree-void', round);
/** 同意换领纸质票 */
export const agreeSlip = defineAction('review.agree-slip', z.object({ sessionId: z.string(), serial: z.number().int() }));
/** 要投票页的地址 — 可证明匿名模式 */
export const askPass = defineAction('review.ask-pass', session);
/** 回到我的测评卡 */
export const refreshBallot = defineAction('review.refresh-ballot', session);

const choice = z.string().max(20, '所选的看不懂，请重新选择').optional();
const choices = z.object({
  s1: choice,
  s2: choice,
  s3: choice,
  s4: choice,
  s5: choice,
  s6: choice,
  s7: choice,
  s8: choice,
  s9: choice,
  s10: choice,
  s11: choice,
  s12: choice,
});

/** 投票 — one press. Sealed: neither who nor what is kept beside the box; burst: a whole hall shares one commit. @property choice 没有：弃权 */
export const castBallot = defineAction('review.cast', z.object({ sessionId: z.string(), roundId: z.string(), choice: z.string().optional() }), {
  sealed: true,
  burst: true,
});
/** 投票单 — a score, or the grades of several presenters at once; what is left empty is 弃权. */
export const castForm = defineAction('review.cast-form', z.object({ sessionId: z.string(), rounds: z.array(z.string()).min(1).max(12) }), {
  form: choices,
  sealed: true,
  burst: true,
});

/** 写评语 — after the vote, unsigned; as sealed as a ballot. @property about which of the rounds, from 1; with one round it is not asked */
export const writeComment = defineAction('review.comment', z.object({ sessionId: z.string(), rounds: z.array(z.string()).min(1).max(12) }), {
  form: z.object({
    about: z.coerce.number('请选择写给哪一家').int().min(1, '请选择写给哪一家').max(12, '请选择写给哪一家').optional(),
    comment: z.string('请先写评语再送').max(400, '评语不超过100字'),
  }),
  sealed: true,
  burst: true,
});
/** 审看评语 — those of the page that are not named are released. */
export const judgeComments = defineAction(
  'review.judge-comments',
  z.object({ sessionId: z.string(), roundId: z.string(), ids: z.array(z.string()).min(1).max(10) }),
  { form: z.object({ held: z.array(z.string().max(4)).max(10).optional() }) },
);

/** 计票 */
export const tallySession = defineAction('review.tally', session);
/** 确认票数 */
export const confirmCounts = defineAction('review.confirm-counts', session);
/** 放行一级 */
export const releaseResults = defineAction('review.release', z.object({ sessionId: z.string(), level: z.enum(['leaders', 'hall', 'units', 'all']) }));
/** 试测清空 */
export const wipeTrial = defineAction('review.wipe', session);
