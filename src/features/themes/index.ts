import { themeCard } from '#cards/themes/theme.card';
import type { Answer } from '#core/command';
import type { Context } from '#core/context';
import { defineFeature } from '#core/feature';
import { assertMay, may } from '#domain/roster/policy';
import { listUnits } from '#domain/roster/store';
import { matterOf } from '#domain/work-items/item-view';
import { findItemsOfTheme } from '#domain/work-items/store';

const nameMax = 20;

/** 专题 — `经济稳住` alone shows the items that bear this theme. */
export const themes = defineFeature({ name: 'themes', title: '专题', cards: [themeCard], topic: themeTopic });

async function themeTopic(ctx: Context, text: string): Promise<Answer | null> {
  const items = text.length <= nameMax ? await findItemsOfTheme(ctx.tx, text) : [];
  const [first] = items;
  if (!first) return null;
  const readable = items.filter((item) => may(ctx.actor, 'readItem', matterOf(item)));
  if (readable.length === 0) assertMay(ctx.actor, 'readItem', matterOf(first));
  const names = new Map((await listUnits(ctx.tx)).map(({ code, shortName }) => [code, shortName]));
  const card = themeCard({
    theme: text,
    year: first.year,
    today: ctx.today,
    items: readable.map(({ code, title, leadUnit, dueOn, originalDueOn, percent, status }) => ({
      code,
      title,
      unitName: names.get(leadUnit) ?? leadUnit,
      dueOn,
      originalDueOn,
      percent,
      status,
    })),
    withheld: items.length - readable.length,
  });
  return { card, privately: true };
}
