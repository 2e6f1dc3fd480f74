import type { CardDefinition } from '#cards/kit/card';
import type { ActionHandler } from '#core/click';
import type { Contributions, Feature } from '#core/feature';
import type { JobDefinition } from '#core/job';
import type { Notice, NoticeHandler } from '#core/notice';
import type { CardRenewal } from '#core/renewal';
import type { Schedule } from '#core/schedule';
import type { LiveView, PageScript, WebPage } from '#core/web';

/** 登记处 — everything that the features contribute, looked up by name. */
export interface Registry {
  readonly contributions: Contributions;
  readonly schedules: readonly Schedule[];
  readonly pages: readonly WebPage[];
  readonly liveViews: readonly LiveView[];
  readonly pageScripts: readonly PageScript[];
  action(name: string): ActionHandler | undefined;
  card(name: string): CardDefinition<never> | undefined;
  job(name: string): JobDefinition<unknown, unknown> | undefined;
  notices(kind: Notice['kind']): readonly NoticeHandler[];
  /** who can draw the card of this key anew */
  renewal(cardKey: string): CardRenewal | undefined;
}

/** 建登记处 — @throws Error at start when two features claim the same name */
export function createRegistry(features: readonly Feature[]): Registry {
  const actions = index(
    'action',
    features.flatMap((feature) => feature.actions ?? []),
    (handler) => handler.action.name,
  );
  const jobs = index('job', features.flatMap((feature) => feature.jobs ?? []) as unknown as JobDefinition<unknown, unknown>[], (job) => job.name);
  const schedules = [
    ...index(
      'schedule',
      features.flatMap((feature) => feature.schedules ?? []),
      (schedule) => schedule.name,
    ).values(),
  ];
  const commands = features.flatMap((feature) => feature.commands ?? []);
  index(
    'command',
    commands.flatMap((command) => command.words),
    (word) => word,
  );
  const cards = index(
    'card',
    features.flatMap((feature) => feature.cards),
    (card) => card.cardName,
  );
  index('feature', features, (feature) => feature.name);
  const imports = [
    ...index(
      'import',
      features.flatMap((feature) => feature.imports ?? []),
      (importer) => importer.name,
    ).values(),
  ];
  const dataFiles = [
    ...index(
      'data file',
      features.flatMap((feature) => feature.dataFiles ?? []),
      (importer) => importer.extension,
    ).values(),
  ];
  const renewals = [
    ...index(
      'renewal',
      features.flatMap((feature) => feature.renewals ?? []),
      ({ prefix }) => prefix,
    ).values(),
  ];
  const pages = features.flatMap((feature) => feature.pages ?? []);
  const liveViews = features.flatMap((feature) => feature.liveViews ?? []);
  index('page', [...pages, ...liveViews], ({ name }) => name);
  const notices = features.flatMap((feature) => feature.notices ?? []);
  return {
    contributions: { features, commands, imports, dataFiles, checks: features.flatMap((feature) => feature.checks ?? []) },
    schedules,
    pages,
    liveViews,
    pageScripts: features.flatMap((feature) => feature.pageScripts ?? []),
    action: (name) => actions.get(name),
    card: (name) => cards.get(name),
    job: (name) => jobs.get(name),
    renewal: (cardKey) => renewals.find(({ prefix }) => cardKey.startsWith(prefix)),
    notices: (kind) => notices.filter((handler) => handler.kind === kind),
  };
}

function index<Item>(what: string, items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item> {
  const found = new Map<string, Item>();
  for (const item of items) {
    const name = nameOf(item);
    if (found.has(name)) throw new Error(`two features contribute the ${what} "${name}"`);
    found.set(name, item);
  }
  return found;
}
