import type { HeaderColor } from './card.ts';

/** 事项状态 */
export const workItemStatus: Readonly<Record<string, string>> = {
  draft: '待下达',
  issued: '已下达',
  declinePending: '退件待裁',
  inProgress: '办理中',
  underVerification: '待核查',
  onSiteVerification: '核查中',
  completed: '已办结',
  suspended: '已中止',
  cancelled: '已撤销',
  archived: '已归档',
};
/** 任务书状态 */
export const taskBookStatus: Readonly<Record<string, string>> = {
  pendingApproval: '待审定',
  approved: '待下达',
  issued: '待签收',
  acknowledged: '已签收',
};
/** 反馈状态 */
export const progressReportStatus: Readonly<Record<string, string>> = {
  submitted: '待单位审签',
  signedOff: '待督查室采纳',
  adopted: '已采纳',
  returned: '已退回补充',
};
/** 退件状态 */
export const itemDeclineStatus: Readonly<Record<string, string>> = {
  filed: '待督查室提意见',
  proposed: '待主任裁定',
  upheld: '已裁定维持',
  reassigned: '已裁定改派',
  cancelled: '已裁定撤销',
};
/** 更正状态 */
export const correctionStatus: Readonly<Record<string, string>> = {
  proposed: '待主任批准',
  approved: '已更正',
  rejected: '已退回',
  withdrawn: '已撤回',
  lapsed: '已失效',
};
/** 退件怎样处理 */
export const declineDecision: Readonly<Record<string, string>> = { uphold: '维持原单位', reassign: '改派', cancel: '撤销事项' };
/** 办结申请状态 */
export const completionRequestStatus: Readonly<Record<string, string>> = {
  submitted: '待单位审签',
  signedOff: '待督查室核查',
  accepted: '已办结',
  sentBack: '已退回重办',
  returned: '已退回补充',
  lapsed: '已失效',
};
/** 延期申请状态 */
export const extensionStatus: Readonly<Record<string, string>> = {
  submitted: '待单位审签',
  signedOff: '待督查室初审',
  checked: '已初审',
  agreed: '主任已同意',
  approved: '已批准延期',
  rejected: '已退回',
  withdrawn: '已撤回',
  lapsed: '已失效',
  explained: '已说明情况',
};
/** 反馈周期 */
export const feedbackPeriod: Readonly<Record<string, string>> = { weekly: '每周', monthly: '每月', quarterly: '每季度' };
/** 角色 */
export const role: Readonly<Record<string, string>> = {
  principalLeader: '主要领导',
  leaderInCharge: '分管领导',
  chiefInspector: '督查室主任',
  inspector: '督查员',
  unitHead: '单位主要负责人',
  unitDeputy: '单位分管负责人',
  liaison: '联络员',
  responsiblePerson: '责任人',
  organisation: '组织人事局',
  sessionSecretary: '场务秘书',
  observer: '监督员',
  voter: '测评人',
  administrator: '系统管理员',
};
/** 提醒的级别 */
export const reminderLevel: Readonly<Record<string, string>> = {
  L0: '到期预告',
  L1: '今天到期',
  L2: '催办',
  L3: '二次催办',
  L4: '督办令',
  manual: '督查室催办',
  feedback: '反馈',
  receipt: '签收',
};
/** 催办回复的状态 */
export const urgeReplyStatus: Readonly<Record<string, string>> = {
  incomplete: '未停表',
  submitted: '待督查室采纳',
  accepted: '已采纳',
  returned: '已退回',
};
/** 亮灯 */
export const signalLight: Readonly<Record<string, string>> = { red: '红灯', yellow: '黄灯', green: '绿灯', blue: '蓝灯', grey: '灰灯' };
/** 述职场次的状态 */
export const reviewSessionStatus: Readonly<Record<string, string>> = {
  checked: '预检完成',
  preparing: '筹备',
  locked: '名册已锁定',
  drawn: '已抽签',
  signIn: '签到',
  inSession: '述职测评',
  voted: '待计票',
  tallied: '待发布',
  published: '已发布',
  archived: '已归档',
  replaced: '已替换',
  wiped: '已清空',
};
/** 述职单元的状态 */
export const reviewSlotStatus: Readonly<Record<string, string>> = {
  waiting: '待述',
  reporting: '述职中',
  questioning: '问答',
  heard: '待测评',
  voting: '测评开放',
  voted: '测评关闭',
  absent: '缺席',
};
/** 公布到哪一级 */
export const releaseLevel: Readonly<Record<string, string>> = { none: '未公布', leaders: '仅领导', hall: '参会者', units: '各单位', all: '公开' };
/** 督办令的状态 */
export const orderStatus: Readonly<Record<string, string>> = {
  draft: '拟稿',
  checked: '待签发',
  dropped: '不予印发',
  signed: '正在下达',
  issued: '待签收',
  acknowledged: '待回复',
  replied: '待审核',
  adopted: '限期办理',
  closed: '已销号',
  voided: '已作废',
};
/** 督办令回复的状态 */
export const orderReplyStatus: Readonly<Record<string, string>> = { submitted: '待督查室审核', adopted: '已采纳', sentBack: '已退回重办' };
/** 诊断结果 */
export const healthStatus: Readonly<Record<string, string>> = { pass: '通过', warn: '注意', fail: '未通过', skip: '未检查' };
/** 语气对应的标题色：颜色之外必有文字 */
export const toneColor: Readonly<Record<string, HeaderColor>> = { info: 'blue', success: 'green', warning: 'orange', error: 'red', expired: 'grey' };

/** 取词 — the Chinese word of a code; an unknown code is shown as it is rather than hidden. */
export function term(words: Readonly<Record<string, string>>, code: string): string {
  return words[code] ?? code;
}
