import type { Element } from './elements.ts';

/** 标题色 — says what kind of card this is: blue 告知 · orange 待办 · red 逾期/督办 · green 完成 · grey 失效. */
export type HeaderColor =
  | 'blue'
  | 'wathet'
  | 'turquoise'
  | 'green'
  | 'yellow'
  | 'orange'
  | 'red'
  | 'carmine'
  | 'violet'
  | 'purple'
  | 'indigo'
  | 'grey';

export interface CardTag {
  readonly text: string;
  readonly color:
    | 'neutral'
    | 'blue'
    | 'turquoise'
    | 'lime'
    | 'orange'
    | 'violet'
    | 'indigo'
    | 'wathet'
    | 'green'
    | 'yellow'
    | 'red'
    | 'purple'
    | 'carmine';
}

/** 卡片内容 — plain data; `render` turns it into card JSON 2.0. */
export interface CardContent {
  readonly title: string;
  readonly subtitle?: string;
  readonly color: HeaderColor;
  readonly tags?: readonly CardTag[];
  /** 聊天列表里的一行；也是卡片发不出去时的文字 */
  readonly summary: string;
  readonly elements: readonly (Element | null | false)[];
}

/** 卡片 — content with the name of the definition that made it. */
export interface Card extends CardContent {
  readonly definition: string;
}

/** 样例 — drawn in the gallery, kept as golden, checked against every rule. */
export interface CardSample<Props> {
  readonly name: string;
  readonly props: Props;
}

export interface CardDefinition<Props> {
  (props: Props): Card;
  readonly cardName: string;
  readonly title: string;
  readonly samples: readonly CardSample<Props>[];
}

/** 定义卡片 @param name `feature.card` @param title the card's name in the gallery */
export function defineCard<Props>(
  name: string,
  title: string,
  build: (props: Props) => CardContent,
  samples: readonly CardSample<Props>[],
): CardDefinition<Props> {
  const make = (props: Props): Card => {
    const card = { ...build(props), definition: name };
    madeFrom.set(card, props);
    return card;
  };
  return Object.assign(make, { cardName: name, title, samples });
}

const madeFrom = new WeakMap<Card, unknown>();

/** 卡片的来历 — the props it was made from; undefined for a card that was changed afterwards. Props are plain data (tested). */
export function propsOf(card: Card): unknown {
  return madeFrom.get(card);
}

/** 卡片 JSON 2.0 — what goes over the wire. */
export type CardJson = {
  schema: '2.0';
  config: Record<string, unknown>;
  header?: Record<string, unknown>;
  body: { elements: CardJsonElement[]; [key: string]: unknown };
};
export type CardJsonElement = { tag: string; [key: string]: unknown };
