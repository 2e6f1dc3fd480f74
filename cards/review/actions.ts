import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const session = z.object({ sessionId: z.string() });
const slot = z.object({ sessionId: z.string(), slotId: z.string() });
const round = z.object({ sessionId: z.string(), roundId: z.string() });

/** 确认方案 */
export const confirmPlan = defineAction('review.confirm-plan', session);
const planSettings = z.object({
  heldOn: z.string('请选择日期').max(40, '日期看不懂，请重新选择'),
  startsAt: z.string('请写开始时间，例如14:30').max(10, '开始时间看不懂，请写成14:30'),
  place: z.string().max(60, '地点不超过60字').optional(),
  method: z.enum(['each', 'together'], '请选择方式'),
  reportMinutes: z.string('请写述职几分钟').max(6, '述职时长看不懂'),
  questionMinutes: z.string('请写问答几分钟').max(6, '问答时长看不懂'),
  voteSeconds: z.string('请写测评几秒').max(6, '测评时长看不懂'),
  scale: z.enum(['excellent', 'good', 'competent', 'trimmed', 'untrimmed', 'own'], '请选择等次或打分'),
  weights: z.string('请写各类的权重，例如50/30/20').max(40, '权重看不懂，请写成50/30/20'),
  press: z.enum(['first', 'last'], '请选择按键规则'),
  quorum: z.enum(['half', 'twoThirds'], '请选择法定人数'),
  show: z.enum(['delayed', 'immediate'], '请选择结果显示'),
  secrecy: z.enum(['simple', 'blind'], '请选择投票方式'),
  comments: z.enum(['yes', 'no'], '请选择收不收评语'),
  emptyClass: z.enum(['renormalise', 'block'], '请选择某类没有人投票时怎么办'),
  taskWeight: z.string().max(6, '任务成绩权重看不懂').optional(),
  trial: z.enum(['yes', 'no'], '请选择正式或试测'),
});
/** 新建方案 */
export const draftPlan = defineAction('review.draft-plan', z.object({}), {
  form: planSettings.extend({
    units: z.array(z.string().max(20), '请选择台上述职的单位').min(1, '请选择台上述职的单位').max(40, '台上至多40家'),
    observers: z.array(z.string().max(40), '请选择监督员').min(1, '请选择监督员').max(9, '监督员至多9位'),
    guests: z.string().max(1000, '群众代表写不下了，请改用表格').optional(),
  }),
});
/** 打开设置单 */
export const openSetup = defineAction('review.open-setup', session);
/** 改方案设置 */
export const adjustPlan = defineAction('review.adjust-plan', session, { form: planSettings });
/** 锁定名册 */
export const lockRoll = defineAction('review.lock-roll', session);
/** 取数 */
export const giveNumber = defineAction('review.give-number', session, {
  form: z.object({ number: z.string('请填写6位数字').max(20, '请填写6位数字') }),
});
/** 同意抽签作废 */
export const agreeRedraw = defineAction('review.agree-redraw', session);
/** 同意换监督员 */
export const agreeObserver = defineAction('review.agree-observer', session.extend({ toId: z.string() }));
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
/** 退回待述 */
export const stepBack = defineAction('review.step-back', slot);
/** 记缺席 */
export const markAbsent = defineAction('review.mark-absent', slot);
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
/** 归档 */
export const archiveSession = defineAction('review.archive', session);
/** 试测清空 */
export const wipeTrial = defineAction('review.wipe', session);
