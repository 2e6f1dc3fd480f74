import { checkCard, platformMessage } from '#cards/kit/schema';
import type { EmulatorStore } from '../store.ts';
import { Refusal } from './answer.ts';

/** 查卡片 — the first thing that the platform would refuse; known people and pictures are those of the store. @throws Refusal */
export function checkCardContent(store: EmulatorStore, card: Readonly<Record<string, unknown>>): void {
  if (card['schema'] !== '2.0') {
    // 旧版卡片平台照收，这里不模拟；拿它更新 2.0 的卡片，平台也拒绝。
    throw new Refusal(230099, undefined, { text: cardError(200830, 'schemaV2 card can not change schemaV1') });
  }
  const { cardBytesMax: bytesMax, cardTablesMax: tablesMax, chartInForm, leftovers } = store.switches();
  const refusal = checkCard(card, {
    bytesMax,
    tablesMax,
    chartInForm,
    leftovers,
    knowsImage: (key) => store.file(key)?.kind === 'image' && store.file(key)?.owner === 'bot',
    knowsPerson: (id) => store.knowsPerson(id),
    knowsAudio: () => false,
  }).find(({ verdict }) => verdict === 'reject');
  if (refusal) throw new Refusal(refusal.code === 230025 ? 230025 : 230099, undefined, { text: platformMessage(refusal) });
}

/** 平台拒收卡片的写法 @param code the sub-code that has to be read out of the text */
export function cardError(code: number, message: string, value = ''): string {
  return `Failed to create card content, ext=ErrCode: ${code}; ErrMsg: ${message}; ErrorValue: ${value}; `;
}
