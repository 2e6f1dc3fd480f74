import type { ActionValue } from '#cards/kit/action';
import type { Card } from '#cards/kit/card';
import { render } from '#cards/kit/render';
import { asText, shrink } from '#cards/kit/shrink';
import type { Content } from '#platform/port';

/**
 * 卡片的几个版本 — the card, a much smaller one, then a text with a link: what the platform refuses falls back to the next,
 * never to silence. Each is drawn only when its turn comes.
 */
export function cardVersions(
  card: Card,
  { seal, link }: { seal: (value: ActionValue) => Record<string, unknown>; link: string | undefined },
): readonly (() => Exclude<Content, { fileKey: string }>)[] {
  return [
    () => ({ card: render(card, { encode: seal }) }),
    () => ({ card: render(shrink(card), { encode: seal }) }),
    () => ({ text: asText(card, link) }),
  ];
}
