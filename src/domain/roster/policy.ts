import type { Actor, Role } from '#core/context';
import { ForbiddenError } from '#core/errors';

/** 事由 — what the operation is about, as far as the right depends on it. */
export interface Matter {
  /** 牵头单位 */
  readonly unitCode?: string | null;
  readonly supportingUnits?: readonly string[];
  readonly responsiblePostId?: string | null;
  readonly liaisonPostId?: string | null;
  /** 分管领导的姓名 */
  readonly leaderInCharge?: string | null;
  /** “一带五”组长的账号：组长多半没有岗位，认的是人 */
  readonly groupLeader?: string | null;
  /** 名册上的测评人；投票认的是人，不认岗位 */
  readonly voter?: string | null;
}

type Rule = (actor: Actor, matter: Matter) => boolean;

const role =
  (...wanted: readonly Role[]): Rule =>
  (actor) =>
    actor.posts.some((post) => wanted.includes(post.role));
const roleInLeadUnit =
  (...wanted: readonly Role[]): Rule =>
  (actor, matter) =>
    actor.posts.some((post) => wanted.includes(post.role) && post.unitCode !== null && post.unitCode === matter.unitCode);
const roleInSupportingUnit =
  (...wanted: readonly Role[]): Rule =>
  (actor, matter) =>
    actor.posts.some((post) => wanted.includes(post.role) && post.unitCode !== null && (matter.supportingUnits ?? []).includes(post.unitCode));
const responsible: Rule = (actor, matter) =>
  actor.posts.some((post) => post.postId === matter.responsiblePostId || post.postId === matter.liaisonPostId);
/** 代办人看的是被代的领导分管的事项：认岗位的主人，不认点按钮的人。 */
const ownField: Rule = (actor, matter) =>
  matter.leaderInCharge != null &&
  actor.posts.some((post) => post.role === 'leaderInCharge' && (post.onBehalfOf?.name ?? actor.name) === matter.leaderInCharge);
const groupLeader: Rule = (actor, matter) => matter.groupLeader != null && actor.openId === matter.groupLeader;
const onTheRoll: Rule = (actor, matter) => matter.voter != null && actor.personId === matter.voter;
const known: Rule = (actor) => actor.posts.length > 0;
const anyOf =
  (...rules: readonly Rule[]): Rule =>
  (actor, matter) =>
    rules.some((rule) => rule(actor, matter));

interface Operation {
  /** 中文说法，用于拒绝时的答复 */
  readonly label: string;
  /** 谁可以办，用于拒绝时的答复 */
  readonly who: string;
  /** 须本人办理 — it doesn't pass to a delegate, because the roles it needs don't */
  readonly inPerson?: boolean;
  readonly rule: Rule;
}

/** 权限 — domain B2 as one table: who may do what. Nothing else in the product decides a right; what is not listed is refused. */
export const policy = {
  importTasks: { label: '导入任务表', who: '督查室', rule: role('inspector', 'chiefInspector') },
  approveBooks: { label: '审定任务书', who: '督查室主任', rule: role('chiefInspector') },
  issueBooks: { label: '下达任务书', who: '督查室主任', rule: role('chiefInspector') },
  acknowledgeBook: { label: '签收任务书', who: '本单位主要负责人或联络员', rule: roleInLeadUnit('unitHead', 'liaison') },
  followReceipts: { label: '查看全部任务书的签收情况', who: '督查室', rule: role('inspector', 'chiefInspector') },
  readBook: {
    label: '查看该单位的任务书',
    who: '本单位和督查室',
    rule: anyOf(role('principalLeader', 'chiefInspector', 'inspector'), roleInLeadUnit('unitHead', 'unitDeputy', 'liaison', 'responsiblePerson')),
  },
  declineItem: { label: '退件', who: '本单位主要负责人或联络员', rule: roleInLeadUnit('unitHead', 'liaison') },
  proposeDecline: { label: '提出退件处理意见', who: '督查室', rule: role('inspector', 'chiefInspector') },
  decideDecline: { label: '裁定退件', who: '督查室主任', rule: role('chiefInspector') },
  reassignItem: { label: '改派', who: '督查室主任', rule: role('chiefInspector') },
  breakDown: { label: '分解该事项', who: '本单位联络员', rule: roleInLeadUnit('liaison') },
  assignResponsible: { label: '调整责任人', who: '本单位联络员', rule: roleInLeadUnit('liaison') },
  requestCompletion: { label: '申请办结该事项', who: '该事项的责任人或本单位联络员', rule: anyOf(responsible, roleInLeadUnit('liaison')) },
  signOffCompletion: { label: '审签办结申请', who: '本单位主要负责人', rule: roleInLeadUnit('unitHead') },
  verifyCompletion: { label: '核查办结申请', who: '督查室', rule: role('inspector', 'chiefInspector') },
  requestExtension: { label: '为该事项申请延期', who: '该事项的责任人或本单位联络员', rule: anyOf(responsible, roleInLeadUnit('liaison')) },
  signOffExtension: { label: '审签延期申请', who: '本单位主要负责人', rule: roleInLeadUnit('unitHead') },
  checkExtension: { label: '初审延期申请', who: '督查室', rule: role('inspector', 'chiefInspector') },
  agreeToExtension: { label: '同意再次延期', who: '督查室主任', rule: role('chiefInspector') },
  approveExtension: { label: '批准延期', who: '分管领导', rule: anyOf(ownField, role('principalLeader')) },
  extendByInstruction: { label: '按批示延期', who: '督查室主任', rule: role('chiefInspector') },
  suspendItem: { label: '中止或恢复该事项', who: '督查室主任', rule: role('chiefInspector') },
  cancelItem: { label: '撤销该事项', who: '督查室主任', rule: role('chiefInspector') },
  proposeCorrection: { label: '更正事项', who: '督查室', rule: role('inspector', 'chiefInspector') },
  decideCorrection: { label: '批准更正', who: '督查室主任', rule: role('chiefInspector') },
  archiveItem: { label: '归档该事项', who: '督查室', rule: role('inspector', 'chiefInspector') },
  reportProgress: { label: '反馈该事项', who: '该事项的责任人或本单位联络员', rule: anyOf(responsible, roleInLeadUnit('liaison')) },
  giveSupportNote: {
    label: '就该事项分工反馈',
    who: '该事项的配合单位',
    rule: roleInSupportingUnit('unitHead', 'unitDeputy', 'liaison', 'responsiblePerson'),
  },
  signOffReport: { label: '审签反馈', who: '本单位主要负责人', rule: roleInLeadUnit('unitHead') },
  adoptReport: { label: '采纳反馈', who: '督查室', rule: role('inspector', 'chiefInspector') },
  readItem: {
    label: '查看该事项',
    who: '本单位、配合单位、分管领导和督查室',
    rule: anyOf(
      role('principalLeader', 'chiefInspector', 'inspector'),
      ownField,
      responsible,
      roleInLeadUnit('unitHead', 'unitDeputy', 'liaison', 'responsiblePerson'),
      roleInSupportingUnit('unitHead', 'unitDeputy', 'liaison', 'responsiblePerson'),
    ),
  },
  importProject: {
    label: '导入项目分解表',
    who: '承担单位的主要负责人、联络员或督查室',
    rule: anyOf(role('inspector', 'chiefInspector'), roleInLeadUnit('unitHead', 'liaison')),
  },
  updateProjectTask: { label: '填写这项任务', who: '该任务的责任党员或本单位联络员', rule: anyOf(responsible, roleInLeadUnit('liaison')) },
  closeProjectPart: { label: '办结项目的部分', who: '本单位主要负责人或联络员', rule: roleInLeadUnit('unitHead', 'liaison') },
  manageGroups: {
    label: '导入“一带五”小组名单',
    who: '本单位主要负责人、联络员或督查室',
    rule: anyOf(role('inspector', 'chiefInspector'), roleInLeadUnit('unitHead', 'liaison')),
  },
  readGroups: {
    label: '查看“一带五”小组',
    who: '本单位主要负责人、分管负责人、联络员和督查室',
    rule: anyOf(role('principalLeader', 'inspector', 'chiefInspector'), roleInLeadUnit('unitHead', 'unitDeputy', 'liaison')),
  },
  writeGroupNote: { label: '填写这个小组的月记', who: '该组组长', rule: groupLeader },
  runReview: { label: '主持述职测评', who: '场务秘书', rule: role('sessionSecretary') },
  observeReview: { label: '取数或核对票数', who: '监督员', inPerson: true, rule: role('observer') },
  releaseResults: { label: '放行测评结果', who: '区主要领导或督查室主任', rule: role('principalLeader', 'chiefInspector') },
  replaceObserver: { label: '同意换监督员', who: '区主要领导或督查室主任', rule: role('principalLeader', 'chiefInspector') },
  castBallot: { label: '在这一场投票', who: '场务秘书（您不在测评人名册上）', inPerson: true, rule: onTheRoll },
  urge: { label: '催办', who: '督查室', rule: role('inspector', 'chiefInspector') },
  replyToUrge: {
    label: '回复催办',
    who: '该事项的责任人、联络员或本单位负责人',
    rule: anyOf(responsible, roleInLeadUnit('unitHead', 'unitDeputy', 'liaison')),
  },
  manageReminderRules: { label: '修改提醒规则', who: '督查室主任', rule: role('chiefInspector') },
  decideUrgeReply: { label: '审核催办回复', who: '督查室', rule: role('inspector', 'chiefInspector') },
  readTotals: { label: '查看这个单位的台账', who: '该单位或督查室', rule: role('principalLeader', 'leaderInCharge', 'chiefInspector', 'inspector') },
  overrideLight: { label: '调整亮灯', who: '督查室', rule: role('inspector', 'chiefInspector') },
  editBulletin: { label: '编写通报月报', who: '督查室', rule: role('inspector', 'chiefInspector') },
  releaseBulletin: { label: '发布通报月报', who: '督查室主任', rule: role('chiefInspector') },
  suggest: { label: '提交投诉建议', who: '系统管理员登记到花名册', rule: known },
  pauseReminders: { label: '设置免打扰', who: '系统管理员登记到花名册', rule: known },
  readBurden: { label: '查看减负情况', who: '督查室主任', rule: role('principalLeader', 'chiefInspector') },
  draftOrder: { label: '起草督办令', who: '督查室', rule: role('inspector', 'chiefInspector') },
  checkOrder: { label: '核稿督办令', who: '督查室', rule: role('inspector', 'chiefInspector') },
  dropOrder: { label: '停办督办令拟稿', who: '督查室', rule: role('inspector', 'chiefInspector') },
  signOrder: { label: '签发督办令', who: '督查室主任', rule: role('chiefInspector') },
  sealOrder: { label: '记下督办令已用印', who: '督查室', rule: role('inspector', 'chiefInspector') },
  acknowledgeOrder: { label: '签收督办令', who: '本单位主要负责人或联络员', rule: roleInLeadUnit('unitHead', 'liaison') },
  replyToOrder: { label: '回复督办令', who: '本单位主要负责人', rule: roleInLeadUnit('unitHead') },
  decideOrderReply: { label: '审核督办令的回复', who: '督查室', rule: role('inspector', 'chiefInspector') },
  voidOrder: { label: '作废督办令', who: '督查室（须两个人）', rule: role('inspector', 'chiefInspector') },
  readOrder: {
    label: '查看该督办令',
    who: '本单位、分管领导和督查室',
    rule: anyOf(
      role('principalLeader', 'chiefInspector', 'inspector'),
      ownField,
      roleInLeadUnit('unitHead', 'unitDeputy', 'liaison', 'responsiblePerson'),
    ),
  },
  readOrderRegister: { label: '查看督办令登记簿', who: '主要领导和督查室', rule: role('principalLeader', 'chiefInspector', 'inspector') },
  decideEscalation: { label: '决定约谈和通报', who: '督查室主任', rule: role('chiefInspector') },
  exportLedger: { label: '导出台账', who: '督查室', rule: role('inspector', 'chiefInspector') },
  importRoster: { label: '导入花名册', who: '系统管理员', rule: role('administrator') },
  bindChat: { label: '绑定工作群', who: '系统管理员或督查室', rule: role('administrator', 'inspector', 'chiefInspector') },
  handOverPost: { label: '办理岗位移交', who: '系统管理员或督查室', rule: role('administrator', 'inspector', 'chiefInspector') },
  delegate: { label: '委托代办', who: '系统管理员或督查室', rule: known },
  delegateForOthers: { label: '替他人登记委托', who: '系统管理员或督查室', rule: role('administrator', 'inspector', 'chiefInspector') },
  manageCalendar: { label: '查看和调整工作日历', who: '系统管理员或督查室', rule: role('administrator', 'inspector', 'chiefInspector') },
  diagnose: { label: '查看诊断', who: '系统管理员或督查室', rule: role('administrator', 'chiefInspector', 'inspector') },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof policy;

/** 可否 — decides whether a button or a line of help is shown. */
export function may(actor: Actor, operation: OperationName, matter: Matter = {}): boolean {
  return actor.kind === 'system' || policy[operation].rule(actor, matter);
}

/** 凭据 — by whose post the actor may; empty when a post of his own suffices. Ready to be spread into a line of the trail. */
export interface Right {
  /** 代谁 */
  readonly onBehalfOf?: string;
}

/** 必须有权 — returns the right that was used, so that what a delegate does is recorded as “代”. @throws ForbiddenError that says who may do it */
export function assertMay(actor: Actor, operation: OperationName, matter: Matter = {}): Right {
  if (may({ ...actor, posts: actor.posts.filter(({ onBehalfOf }) => onBehalfOf === undefined) }, operation, matter)) return {};
  const lent = actor.posts.find((post) => post.onBehalfOf !== undefined && may({ ...actor, posts: [post] }, operation, matter));
  if (lent?.onBehalfOf) return { onBehalfOf: lent.onBehalfOf.name };
  throw new ForbiddenError(refusalOf(actor, policy[operation]), `${actor.personId ?? actor.openId ?? 'unknown'} may not ${operation}`);
}

/** 拒绝的话 — a delegate is told as well that what was lent does not reach so far. */
function refusalOf({ posts }: Actor, { label, who, inPerson = false }: Operation): string {
  const lenders = [...new Set(posts.flatMap(({ onBehalfOf }) => onBehalfOf?.name ?? []))].join('、');
  if (lenders === '') return `您无权${label}，请联系${who}`;
  return inPerson
    ? `您无权${label}：这件事须本人办理，代${lenders}办理的不在内，请联系${who}`
    : `您无权${label}：代${lenders}办理的岗位上也没有这项权，请联系${who}`;
}

/** 署名 — `马骁（代丁一凡）` */
export function signatureOf(actor: Actor, { onBehalfOf }: Right): string {
  return onBehalfOf === undefined ? actor.name : `${actor.name}（代${onBehalfOf}）`;
}
