import type { CardDefinition } from '#cards/kit/card';
import type { ActionHandler, ItemAction } from './click.ts';
import type { Answer, Command, Material } from './command.ts';
import type { Actor, Context } from './context.ts';
import type { HealthCheck } from './health.ts';
import type { JobDefinition } from './job.ts';
import type { Machine } from './machine.ts';
import type { NoticeHandler } from './notice.ts';
import type { CardRenewal } from './renewal.ts';
import type { Schedule } from './schedule.ts';
import type { LiveView, PageScript, WebPage } from './web.ts';
import type { DataFileImporter, WorkbookImporter } from './workbook.ts';

/**
 * 功能 — a feature's table of contents. Features never import each other; they meet through what they
 * contribute here (commands for the help card, imports for the file intake, checks for 诊断 …).
 */
export interface Feature {
  readonly name: string;
  /** 中文名，用于帮助 */
  readonly title: string;
  readonly cards: readonly CardDefinition<never>[];
  readonly actions?: readonly ActionHandler[];
  readonly commands?: readonly Command[];
  readonly jobs?: readonly JobDefinition<never, never>[];
  readonly schedules?: readonly Schedule[];
  readonly imports?: readonly WorkbookImporter[];
  readonly dataFiles?: readonly DataFileImporter[];
  readonly notices?: readonly NoticeHandler[];
  readonly checks?: readonly HealthCheck[];
  /** 网页 — for people without an account and for the projector */
  readonly pages?: readonly WebPage[];
  readonly liveViews?: readonly LiveView[];
  readonly pageScripts?: readonly PageScript[];
  readonly machines?: Readonly<Record<string, Machine<string, string>>>;
  readonly itemActions?: readonly ItemAction<never>[];
  /** 话题 — a bare name that only the data know (a project, a theme pack), asked when no command is meant. null: not mine. */
  readonly topic?: (ctx: Context, text: string) => Promise<Answer | null>;
  /** 简报里的一行 — about these items at this instant (`在督1(湾督〔2026〕3号)`); an empty text says nothing. */
  readonly digestLine?: (ctx: Context, query: { readonly itemIds: readonly string[]; readonly at: Date }) => Promise<string>;
  readonly renewals?: readonly CardRenewal[];
  /** 等他办的 — keys of cards, each under a prefix of `renewals`, that these posts owe an answer to, whoever got them before. */
  readonly waitingFor?: (ctx: Context, person: Actor) => Promise<readonly string[]>;
  /** Another feature has changed the item: bring the cards that show it up to date. */
  readonly itemChanged?: (ctx: Context, itemId: string) => Promise<void>;
  /** The working days are other ones now: reckon anew what hangs on them, and say in one sentence what changed. null: nothing did. */
  readonly calendarChanged?: (ctx: Context) => Promise<string | null>;
  /**
   * 收材料 — a picture, or a file that is no table anybody imports: whoever has a use for it answers, the others say null.
   * @param file.reason why it was not taken for a table; null for a picture
   */
  readonly material?: (ctx: Context, file: Material) => Promise<Answer | null>;
  /** 到了督办令的一步 — the reminders were of no use: whoever owns orders drafts them (never more than a draft). */
  readonly orderDue?: (ctx: Context, itemIds: readonly string[]) => Promise<void>;
}

/** 功能的写法 — props, payloads and checked values differ from one entry to the next; the lists only need their names. */
interface FeatureDeclaration extends Omit<Feature, 'cards' | 'jobs' | 'imports' | 'itemActions'> {
  readonly cards: readonly Pick<CardDefinition<never>, 'cardName' | 'title'>[];
  readonly jobs?: readonly Pick<JobDefinition<never, never>, 'name'>[];
  readonly imports?: readonly Pick<WorkbookImporter, 'name' | 'title'>[];
  readonly itemActions?: readonly Pick<ItemAction<never>, 'text'>[];
}

/** 定义功能 */
export function defineFeature(feature: FeatureDeclaration): Feature {
  return feature as unknown as Feature;
}

/** 全部贡献 — the read-only union over all features, built once at start by runtime/registry. */
export interface Contributions {
  readonly features: readonly Feature[];
  readonly commands: readonly Command[];
  readonly imports: readonly WorkbookImporter[];
  readonly dataFiles: readonly DataFileImporter[];
  readonly checks: readonly HealthCheck[];
}
