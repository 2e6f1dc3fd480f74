import type { CardJson } from '#cards/kit/card';
import { Refusal } from './calls/answer.ts';
import { checkCardContent } from './calls/card-check.ts';
import { isJson } from './components.ts';
import type { EmulatorStore } from './store.ts';
import type { Transmission } from './transmit.ts';

export interface SeenToast {
  readonly type: 'info' | 'success' | 'error' | 'warning';
  readonly content: string;
}

/** 客户端显示的错误码 — contract 2.3 */
export type ClientErrorCode = 200080 | 200340 | 200341 | 200342 | 200343 | 200530 | 200671 | 200672 | 200673 | 200830;

/** 名称与说明 — in the client's manner: what failed, and the number to tell the administrator. */
export const clientErrorTerms: Readonly<Record<ClientErrorCode, string>> = {
  200080: '请求出错，请稍后重试',
  200340: '应用未配置卡片回调，或配置尚未发布',
  200341: '应用没有及时响应，请稍后重试',
  200342: '连不上应用的服务器',
  200343: '找不到应用的服务器',
  200530: '卡片表单有组件没有名称',
  200671: '应用返回了错误状态',
  200672: '应用返回的内容格式不对',
  200673: '应用返回的卡片不合规',
  200830: '应用返回了旧版卡片',
};

/** 回调的结果 — what the client makes of the answer. */
export type Judged =
  | { readonly kind: 'answered'; readonly toast: SeenToast | null; readonly card: CardJson | null }
  | { readonly kind: 'failed'; readonly code: ClientErrorCode };

/** 判答复 — as strict as the client: only 200, only JSON, only `toast` and `card`, only a valid 2.0 card. */
export function judge(store: EmulatorStore, transmission: Transmission): Judged {
  switch (transmission.kind) {
    case 'timeout':
      return { kind: 'failed', code: 200341 };
    case 'refused':
      return { kind: 'failed', code: 200342 };
    case 'dns':
      return { kind: 'failed', code: 200343 };
    case 'reset':
      return { kind: 'failed', code: 200080 };
    case 'answered':
      if (transmission.status !== 200) return { kind: 'failed', code: 200671 };
      if (!/^application\/json\b/i.test(transmission.contentType)) return { kind: 'failed', code: 200672 };
      return judgeBody(store, transmission.body);
  }
}

function judgeBody(store: EmulatorStore, text: string): Judged {
  const body = parse(text);
  if (!isJson(body) || Object.keys(body).some((key) => key !== 'toast' && key !== 'card')) return { kind: 'failed', code: 200672 };
  const toast = toastOf(body['toast']);
  if (toast === undefined) return { kind: 'failed', code: 200672 };
  if (body['card'] === undefined) return { kind: 'answered', toast, card: null };
  if (!isJson(body['card'])) return { kind: 'failed', code: 200672 };
  const { type, data } = body['card'];
  if (type === 'template') return { kind: 'failed', code: 200673 };
  if (type !== 'raw' || !isJson(data)) return { kind: 'failed', code: 200672 };
  if (data['schema'] !== '2.0') return { kind: 'failed', code: 200830 };
  try {
    checkCardContent(store, data);
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'failed', code: 200673 };
    throw error;
  }
  if (Buffer.byteLength(JSON.stringify(data)) > store.switches().cardBytesMax) return { kind: 'failed', code: 200673 };
  return { kind: 'answered', toast, card: data as unknown as CardJson };
}

const toastTypes: readonly SeenToast['type'][] = ['info', 'success', 'error', 'warning'];

/** @returns null without a toast, undefined when it has the wrong form */
function toastOf(value: unknown): SeenToast | null | undefined {
  if (value === undefined) return null;
  if (!isJson(value) || Object.keys(value).some((key) => key !== 'type' && key !== 'content' && key !== 'i18n')) return undefined;
  const { type = 'info', content = '' } = value;
  const known = toastTypes.find((candidate) => candidate === type);
  return known === undefined || typeof content !== 'string' ? undefined : { type: known, content };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
