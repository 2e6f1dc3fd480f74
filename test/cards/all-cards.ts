import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ActionDefinition, ActionValue } from '#cards/kit/action';
import type { Card, CardDefinition } from '#cards/kit/card';

type AnyCard = CardDefinition<unknown>;
type AnyAction = ActionDefinition<unknown, unknown>;

/** 一张样卡 — a card of one definition made from one of its samples. */
export interface Sampled {
  readonly definition: AnyCard;
  readonly name: string;
  readonly props: unknown;
  readonly card: Card;
}

const cardsFolder = new URL('../../cards/', import.meta.url);

async function modulesNamed(fits: (file: string) => boolean): Promise<{ file: string; exported: unknown[] }[]> {
  const files = (await readdir(cardsFolder, { recursive: true })).filter(fits).sort();
  return Promise.all(
    files.map(async (file) => {
      const module: Record<string, unknown> = await import(fileURLToPath(new URL(file, cardsFolder)));
      return { file, exported: Object.values(module) };
    }),
  );
}

const isCard = (value: unknown): value is AnyCard => typeof value === 'function' && 'cardName' in value;
const isAction = (value: unknown): value is AnyAction => typeof value === 'object' && value !== null && 'payload' in value && 'form' in value;

/** 全部卡片 — found by their files, so that a new card can't be forgotten. */
export async function allCards(): Promise<readonly AnyCard[]> {
  return (await modulesNamed((file) => file.endsWith('.card.ts'))).flatMap(({ exported }) => exported.filter(isCard));
}

/** 全部样卡 */
export async function allSamples(): Promise<readonly Sampled[]> {
  return (await allCards()).flatMap((definition) =>
    definition.samples.map(({ name, props }) => ({ definition, name, props, card: definition(props) })),
  );
}

/** 全部动作 — by name. */
export async function allActions(): Promise<ReadonlyMap<string, AnyAction>> {
  const actions = (await modulesNamed((file) => /^[^/]+\/actions\.ts$/.test(file))).flatMap(({ exported }) => exported.filter(isAction));
  return new Map(actions.map((action) => [action.name, action]));
}

/** 卡片上绑的动作 — wherever in the card they sit. */
export function boundActions(card: Card): ActionValue[] {
  const found: ActionValue[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      if ('action' in value && 'payload' in value) found.push(value as ActionValue);
      else Object.values(value).forEach(look);
    }
  };
  look(card.elements);
  return found;
}

/** 全部文件 */
export async function cardFiles(): Promise<readonly string[]> {
  return (await readdir(cardsFolder, { recursive: true })).filter((file) => file.endsWith('.card.ts'));
}
