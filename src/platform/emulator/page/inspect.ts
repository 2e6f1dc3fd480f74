import { render } from '#cards/kit/render';
import { checkCard, checkOurCard } from '#cards/kit/schema';
import type { EmulatorControls } from '../controls.ts';
import { cardOf, type Delivery } from '../model.ts';
import type { EmulatorStore } from '../store.ts';
import type { CardInspection, GalleryView, LogView, MessageInspection } from './view.ts';

/** 查验卡片 — the platform's verdict, and that of the house. */
function inspectCard(json: unknown, store: EmulatorStore): CardInspection {
  const { cardBytesMax, cardTablesMax, chartInForm, leftovers } = store.switches();
  const findings = checkCard(json, {
    knowsPerson: store.knowsPerson,
    knowsImage: (key) => store.file(key) !== undefined,
    bytesMax: cardBytesMax,
    tablesMax: cardTablesMax,
    chartInForm,
    leftovers,
  });
  return {
    json,
    bytes: Buffer.byteLength(JSON.stringify(json)),
    findings: findings.map(({ verdict, code, path, message, detail }) => ({ verdict, code, path, detail: detail || message })),
    house: checkOurCard(json),
  };
}

/** 查一条消息 @returns null when there is none */
export function inspectMessage(store: EmulatorStore, messageId: string, openId: string): MessageInspection | null {
  const message = store.message(messageId);
  if (!message) return null;
  const card = cardOf(message, openId);
  return {
    messageId,
    card: card ? inspectCard(card, store) : null,
    content: JSON.parse(message.content) as unknown,
    deliveries: newestFirst(
      store.deliveries().filter((delivery) => concerns(delivery, messageId)),
      30,
    ),
  };
}

/** 事件提到这条消息：点它的回调、说它的事件、已读和撤回。 */
function concerns({ body }: Delivery, messageId: string): boolean {
  return JSON.stringify(body).includes(messageId);
}

/** 记录一览 @param limit per list */
export function logView(store: EmulatorStore, limit: number): LogView {
  return { deliveries: newestFirst(store.deliveries(), limit), calls: newestFirst(store.apiCalls(), limit), gaps: store.gaps() };
}

function newestFirst<T>(list: readonly T[], limit: number): T[] {
  return list.slice(-limit).reverse();
}

/** 卡片陈列 — every card of every feature with every sample. */
export function galleryView(controls: Pick<EmulatorControls, 'cards'>, store: EmulatorStore): readonly GalleryView[] {
  return controls.cards.flatMap((definition) =>
    definition.samples.map(({ name, props }) => ({
      card: definition.cardName,
      title: definition.title,
      sample: name,
      inspection: inspectSample(render(definition(props)), store),
    })),
  );
}

/** 样例里的人和图是假想的，平台不认识，不算毛病。 */
function inspectSample(json: unknown, store: EmulatorStore): CardInspection {
  const inspection = inspectCard(json, store);
  return { ...inspection, findings: inspection.findings.filter(({ code }) => code !== 100290 && code !== 200570) };
}
