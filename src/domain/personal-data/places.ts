/** 一列里写的是谁 — what a column holds of a person. */
export interface PersonColumn {
  readonly name: string;
  /** `recipient`: `person:<open_id>`; `people`: JSON in which `personId` names him; `numbers`: JSON in which his number stands */
  readonly holds: 'personId' | 'openId' | 'mobile' | 'recipient' | 'people' | 'numbers';
}

/** 一列怎样清 — outright, or only what is his: his account, his number, his number inside a JSON of many people. */
export type Clearing = 'null' | 'withoutAccount' | 'withoutNumber' | 'withoutNumberInside';

/** 删除时怎么办 — `clear` empties columns of the row; the rest of it is the office's record. */
export type Erasure =
  | { readonly kind: 'remove' }
  | { readonly kind: 'clear'; readonly columns: Readonly<Record<string, Clearing>> }
  | { readonly kind: 'keep'; readonly why: string };

/** 存着个人信息的一处 */
export interface PersonalPlace {
  readonly table: string;
  readonly title: string;
  /** one of them is enough */
  readonly by: readonly PersonColumn[];
  /** what he gets to see: column → its name in Chinese; nothing else leaves the database */
  readonly fields: Readonly<Record<string, string>>;
  readonly erasure: Erasure;
}

const record = '公务记录，照档案和督查的规定保存';
const keep: Erasure = { kind: 'keep', why: record };
const logs: Erasure = { kind: 'keep', why: '发件日志，法定至少留六个月，200天后自动清除' };
const own = (name = 'personId'): PersonColumn[] => [{ name, holds: 'personId' }];

/** 人员本身：姓名是公务记录里的署名，留着；其余清掉（`erasePersonRow`） */
export const personPlace: PersonalPlace = {
  table: 'Person',
  title: '人员',
  by: own('id'),
  fields: { name: '姓名', mobile: '手机号', openId: '飞书账号', unionId: '飞书 union_id', userId: '飞书 user_id', note: '备注' },
  erasure: { kind: 'clear', columns: {} },
};

/**
 * 个人信息清单 — every place that says who somebody is by number or account. A table that is not here holds none, or is one of
 * `untouched`; test/cli/person.test.ts reads the database's own columns and is red for one that is in neither list.
 * @source 个人信息保护法 art. 45 (copy), 47 (deletion; where the law says how long a record is kept, it is kept and only kept)
 */
export const personalPlaces: readonly PersonalPlace[] = [
  personPlace,
  { table: 'PersonQuiet', title: '免打扰', by: own(), fields: { untilOn: '暂停到', at: '登记于' }, erasure: { kind: 'remove' } },
  { table: 'PostHolding', title: '任职', by: own(), fields: { postId: '岗位编号', fromOn: '从', toOn: '到' }, erasure: keep },
  {
    table: 'Delegation',
    title: '委托别人代办',
    by: own(),
    fields: { fromOn: '从', toOn: '到', reason: '原因' },
    erasure: { kind: 'clear', columns: { reason: 'null' } },
  },
  // 为什么请假是委托人的事，受托人看不到。
  { table: 'Delegation', title: '受托代办', by: own('delegateId'), fields: { fromOn: '从', toOn: '到' }, erasure: keep },
  { table: 'WaitingListCard', title: '待办清单', by: own(), fields: { list: '清单', sentAt: '发于' }, erasure: { kind: 'remove' } },
  {
    table: 'ReviewVoter',
    title: '述职测评名册（投没投过、投了什么查不到，也不去查）',
    by: [...own(), { name: 'mobile', holds: 'mobile' }],
    fields: { voterClass: '类别', name: '姓名', identity: '身份', workplace: '单位', mobile: '手机号', channel: '投票途径', present: '到会' },
    erasure: { kind: 'clear', columns: { mobile: 'null' } },
  },
  {
    table: 'ReviewSession',
    title: '述职方案',
    by: [...own('createdById'), { name: 'plan', holds: 'numbers' }],
    fields: { number: '场次', title: '名称' },
    erasure: { kind: 'clear', columns: { plan: 'withoutNumberInside' } },
  },
  {
    table: 'MentorGroup',
    title: '“一带五”小组',
    by: [
      { name: 'leaderMobile', holds: 'mobile' },
      { name: 'leaderOpenId', holds: 'openId' },
      { name: 'members', holds: 'numbers' },
    ],
    fields: { code: '组号', line: '条线' },
    erasure: { kind: 'clear', columns: { leaderMobile: 'withoutNumber', leaderOpenId: 'withoutAccount', members: 'withoutNumberInside' } },
  },
  {
    table: 'GroupRoll',
    title: '“一带五”名单',
    by: [...own('uploadedById'), { name: 'groups', holds: 'numbers' }],
    fields: { fileName: '文件', uploadedAt: '导入于' },
    erasure: { kind: 'clear', columns: { groups: 'withoutNumberInside' } },
  },
  {
    table: 'ReminderCard',
    title: '提醒卡',
    by: own(),
    fields: { on: '日期', byName: '发自', auto: '自动' },
    erasure: { kind: 'remove' },
  },
  {
    table: 'ReminderSend',
    title: '提醒记录',
    by: [{ name: 'recipients', holds: 'people' }],
    fields: { at: '时间', step: '步', byName: '发自' },
    erasure: keep,
  },
  {
    table: 'ProgressReport',
    title: '反馈',
    by: own('reporterId'),
    fields: { submittedAt: '提交于', percent: '进度', content: '进展', difficulties: '困难', reason: '下调原因' },
    erasure: keep,
  },
  { table: 'ReportAttachment', title: '反馈附件', by: own('byId'), fields: { at: '附于', fileName: '文件' }, erasure: keep },
  { table: 'SupportNote', title: '分工反馈', by: own('byId'), fields: { at: '时间', content: '内容' }, erasure: keep },
  { table: 'SupportAsk', title: '请配合单位反馈', by: own('byId'), fields: { at: '时间', words: '内容' }, erasure: keep },
  {
    table: 'UrgeReply',
    title: '催办回复',
    by: own('byId'),
    fields: { at: '时间', cause: '原因', measure: '措施', promisedOn: '承诺日期', text: '原话' },
    erasure: keep,
  },
  { table: 'UrgeBatch', title: '人工催办', by: own('byId'), fields: { createdAt: '拟于', sentAt: '发于' }, erasure: keep },
  {
    table: 'OrderReply',
    title: '督办令回复',
    by: own('byId'),
    fields: { at: '时间', cause: '原因', measure: '措施', promisedOn: '完成日期' },
    erasure: keep,
  },
  { table: 'SupervisionOrder', title: '督办令（提出作废）', by: own('voidAskedById'), fields: { number: '文号', voidReason: '原因' }, erasure: keep },
  {
    table: 'ExtensionRequest',
    title: '延期申请',
    by: own('requesterId'),
    fields: { requestedAt: '申请于', reason: '原因', progress: '进展' },
    erasure: keep,
  },
  {
    table: 'CompletionRequest',
    title: '办结申请',
    by: own('requesterId'),
    fields: { requestedAt: '申请于', result: '成果', evidence: '佐证' },
    erasure: keep,
  },
  { table: 'ItemCorrection', title: '更正', by: own('proposedById'), fields: { proposedAt: '提出于', reason: '理由' }, erasure: keep },
  { table: 'ItemDecline', title: '退件', by: own('filedById'), fields: { filedAt: '提出于', reason: '理由' }, erasure: keep },
  {
    table: 'TaskBook',
    title: '任务书签收',
    by: own('acknowledgedById'),
    fields: { acknowledgedAt: '签收于', acknowledgedBy: '署名' },
    erasure: keep,
  },
  { table: 'WorkbookImport', title: '任务表导入', by: own('uploadedById'), fields: { uploadedAt: '导入于', fileName: '文件' }, erasure: keep },
  { table: 'ProjectImport', title: '项目分解表导入', by: own('uploadedById'), fields: { uploadedAt: '导入于', fileName: '文件' }, erasure: keep },
  { table: 'Draw', title: '抽签（提出作废）', by: own('voidAskedBy'), fields: { id: '抽签编号', voidReason: '原因' }, erasure: keep },
  {
    table: 'CardMessage',
    title: '发给本人的卡片',
    by: [{ name: 'recipient', holds: 'recipient' }],
    fields: { sentAt: '发于', cardKey: '卡片' },
    erasure: logs,
  },
  {
    table: 'OutboxEntry',
    title: '发给本人的消息',
    by: [
      { name: 'recipient', holds: 'recipient' },
      { name: 'actor', holds: 'people' },
    ],
    fields: { createdAt: '写于', settledAt: '发于', kind: '类别', state: '状态' },
    erasure: logs,
  },
  {
    table: 'AuditEntry',
    title: '留痕（本人办的、关于本人的）',
    by: [...own('actorId'), ...own('subjectId')],
    fields: { at: '时间', subjectType: '对象', event: '事项', before: '之前', after: '之后' },
    erasure: { kind: 'keep', why: '留痕只添不改，数据库也拒绝' },
  },
];

/**
 * 不去碰的 — tables whose columns look like a person's and are not opened for anybody: who voted, and the papers' own affairs, stay
 * apart from persons on purpose (S19); short-lived counters clear themselves.
 */
export const untouched: Readonly<Record<string, string>> = {
  BallotMark: '只有名册里的编号；查它就是查谁投过',
  BallotIssue: '只有名册里的编号；关闭之后与票对不上',
  BallotPass: '投票页的钥匙，只有指纹',
  ReviewSlot: '述职人在名册里的编号：为的是不投自己那一家，名册在清单里',
  BallotRound: '提出作废的人在留痕里',
  BallotSlip: '不记给了谁；提出作废的人在留痕里',
  Ballot: '没有人',
  BallotComment: '没有人',
  ApiCall: '限额的计数，几分钟就清',
};
