/** 接口故障 — what can go wrong with a call of ours. */
const apiFaults = [
  'rate-limited',
  'rate-limited-400',
  'server-error',
  'error-in-200',
  'bad-json',
  'timeout',
  'lost-answer',
  'slow',
  'token-expired',
  'card-refused',
  'recalled',
] as const;
export type ApiFault = (typeof apiFaults)[number];

/** 投递故障 — what can go wrong on the way to our webhook. */
const deliveryFaults = ['duplicate', 'duplicate-new-id', 'reorder'] as const;
export type DeliveryFault = (typeof deliveryFaults)[number];

export type FaultKind = ApiFault | DeliveryFault;

/** 名称与说明 — for the page. */
export const faultTerms: Readonly<Record<FaultKind, string>> = {
  'rate-limited': '限频（429）',
  'rate-limited-400': '限频（400）',
  'server-error': '平台出错（503）',
  'error-in-200': '200 里带错误码',
  'bad-json': '应答不是 JSON',
  timeout: '没有应答（超时）',
  'lost-answer': '办成了但应答丢失',
  slow: '应答很慢',
  'token-expired': '令牌失效',
  'card-refused': '拒收卡片',
  recalled: '消息被撤回',
  duplicate: '事件重复投递',
  'duplicate-new-id': '同一消息换号再投',
  reorder: '事件乱序',
};

/** 已设的故障 */
export interface ArmedFault {
  readonly kind: FaultKind;
  /** calls still to be hit; null with a rate */
  readonly times: number | null;
  /** share of calls that are hit, 0–1; null with a count */
  readonly rate: number | null;
  /** only calls of this operation (`message.create`); null for all */
  readonly operation: string | null;
}

export interface Faults {
  /** 设故障 — for the next `times` calls (1 by default), or for a share of all calls until it is disarmed. */
  arm(kind: FaultKind, options?: { times?: number; rate?: number; operation?: string }): void;
  disarm(kind: FaultKind): void;
  clear(): void;
  armed(): readonly ArmedFault[];
  /** The fault that hits this call, if any; counts it. */
  takeForCall(operation: string, carriesCard: boolean): ApiFault | null;
  /** The fault that hits this event, if any; counts it. */
  takeForEvent(eventType: string): DeliveryFault | null;
  onChange(listener: () => void): () => void;
}

/** 故障台 @param random 0–1, for faults with a rate */
export function createFaults(random: () => number = Math.random): Faults {
  let armed: ArmedFault[] = [];
  const listeners = new Set<() => void>();
  const change = (next: ArmedFault[]): void => {
    armed = next;
    for (const listener of listeners) listener();
  };
  const take = <Kind extends FaultKind>(kinds: readonly Kind[], operation: string, carriesCard = false): Kind | null => {
    for (const fault of armed) {
      const kind = kinds.find((candidate) => candidate === fault.kind);
      if (kind === undefined || (fault.operation !== null && fault.operation !== operation) || !applies(kind, operation, carriesCard)) continue;
      if (fault.times === null) {
        if (random() < (fault.rate ?? 0)) return kind;
        continue;
      }
      const left: ArmedFault = { ...fault, times: fault.times - 1 };
      change(armed.flatMap((other) => (other !== fault ? other : (left.times ?? 0) > 0 ? left : [])));
      return kind;
    }
    return null;
  };
  return {
    arm(kind, { times, rate, operation } = {}) {
      const fault: ArmedFault = { kind, times: rate === undefined ? (times ?? 1) : null, rate: rate ?? null, operation: operation ?? null };
      change([...armed.filter((other) => other.kind !== kind || other.operation !== fault.operation), fault]);
    },
    disarm: (kind) => change(armed.filter((fault) => fault.kind !== kind)),
    clear: () => change([]),
    armed: () => armed,
    takeForCall: (operation, carriesCard) => take(apiFaults, operation, carriesCard),
    takeForEvent: (eventType) => take(deliveryFaults, eventType),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** 有些故障只对某些调用有意义。 */
function applies(kind: FaultKind, operation: string, carriesCard: boolean): boolean {
  switch (kind) {
    case 'card-refused':
      return carriesCard;
    case 'recalled':
      return operation === 'message.reply' || operation === 'message.patch';
    case 'duplicate-new-id':
      return operation === 'im.message.receive_v1';
    case 'token-expired':
      return operation !== 'token.create';
    default:
      return true;
  }
}
