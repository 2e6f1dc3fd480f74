import type { LocalDate } from './dates.ts';
import type { Contributions } from './feature.ts';
import type { Outbox } from './outbox.ts';

/** 角色 — domain B2 (R1–R14). Duty belongs to the post: a person has the roles of the posts held today. */
export const roles = [
  'principalLeader', //    R1 主要领导
  'leaderInCharge', //     R2 分管领导
  'chiefInspector', //     R3 督查室主任
  'inspector', //          R4 督查员
  'unitHead', //           R5 单位主要负责人（一把手）
  'unitDeputy', //         R6 单位分管负责人
  'liaison', //            R7 联络员（含备用）；R9 配合单位联络员是它与事项的关系
  'responsiblePerson', //  R8 责任人
  'organisation', //       R10 组织人事局
  'sessionSecretary', //   R11 场务秘书
  'observer', //           R12 监督员
  'voter', //              R13 测评人
  'administrator', //      R14 系统管理员
] as const;
export type Role = (typeof roles)[number];

/** 现任岗位 — a post that the actor may act for today, as holder or as delegate. */
export interface ActorPost {
  readonly postId: string;
  readonly unitCode: string | null;
  readonly role: Role;
  readonly title: string;
  /** 分管领域 */
  readonly field: string | null;
  /** 代 — set when the actor acts as delegate of the holder. */
  readonly onBehalfOf?: { readonly personId: string; readonly name: string };
}

/** 行为人 — who acts, on current data; the platform vouches for the open_id and for nothing else. */
export interface Actor {
  readonly kind: 'person' | 'system';
  /** null: the roster does not know this account */
  readonly personId: string | null;
  readonly openId: string | null;
  readonly name: string;
  readonly posts: readonly ActorPost[];
}

/** 系统 — schedules and jobs that nobody started. */
export const systemActor: Actor = { kind: 'system', personId: null, openId: null, name: '系统', posts: [] };

/** 事务 — opaque here; only files named store.ts open it (`#db/rows`). */
export interface Tx {
  readonly __tx: unique symbol;
}

/** 一条留痕 */
export interface AuditRecord {
  readonly subject: { readonly type: string; readonly id: string };
  readonly event: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly onBehalfOf?: string | undefined;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}

/** 留痕 — buffered, and written as the last thing of the transaction: one writer per hash chain. */
export interface Audit {
  record(entry: AuditRecord): void;
}

/** 上下文 — all that a handler may touch. It holds no chat client, no clock and no transaction control. */
export interface Context {
  /** fixed per inbound event or scheduled sweep */
  readonly now: Date;
  /** the local date of `now` */
  readonly today: LocalDate;
  readonly actor: Actor;
  readonly tx: Tx;
  readonly outbox: Outbox;
  readonly audit: Audit;
  /** what all features contribute: commands for the help card, kinds for the ledger … */
  readonly contributions: Contributions;
  readonly settings: Settings;
}

/** 设置 — the part of the configuration that rules and cards need. */
export interface Settings {
  /** 新区名称，例如 滨湾新区 */
  readonly districtName: string;
  /** 对外网址 */
  readonly publicUrl: string;
  /** 签收时限，工作日 */
  readonly acknowledgeWithinDays: number;
  /** 退件期限，工作日 */
  readonly declineWithinDays: number;
  /** 督办令的文号格式，例如 湾督〔{year}〕{number}号 */
  readonly documentNumberPattern: string;
  /** 督办令的签收、回复时限，工作日 */
  readonly orderReceiptWithinDays: number;
  readonly orderReplyWithinDays: number;
  /** 撤销导入的时限，分钟 */
  readonly cancelImportWithinMinutes: number;
  /** 机器人在群里的名字 */
  readonly botName: string;
}
