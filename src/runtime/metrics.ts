import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** 指标 — what `/metrics` shows; every family is named here. */
export interface Metrics {
  readonly registry: Registry;
  /** 被拒的请求，按原因 */
  readonly refused: Counter<'reason'>;
  /** 收到的事件，按种类 */
  readonly received: Counter<'kind'>;
  /** 从收完请求到答复写出，秒 */
  readonly callbackSeconds: Histogram<'kind'>;
  /** 对平台的调用，按 API 与结果码 */
  readonly apiCalls: Counter<'api' | 'code'>;
  readonly outboxDue: Gauge;
  readonly outboxDead: Gauge;
  readonly outboxOldestSeconds: Gauge;
  /** 我们的钟比平台的快多少秒，慢的是负数 */
  readonly clockFastSeconds: Gauge;
}

/** 建指标 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    refused: new Counter({ name: 'shuling_webhook_refused_total', help: '被拒的请求', labelNames: ['reason'], registers }),
    received: new Counter({ name: 'shuling_inbound_total', help: '收到的事件', labelNames: ['kind'], registers }),
    callbackSeconds: new Histogram({
      name: 'shuling_callback_seconds',
      help: '从收完请求到答复写出的秒数（平台上限 3 秒）',
      labelNames: ['kind'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3],
      registers,
    }),
    apiCalls: new Counter({ name: 'shuling_api_calls_total', help: '对飞书的调用', labelNames: ['api', 'code'], registers }),
    outboxDue: new Gauge({ name: 'shuling_outbox_due', help: '到期未发的件数', registers }),
    outboxDead: new Gauge({ name: 'shuling_outbox_dead', help: '已放弃的件数', registers }),
    outboxOldestSeconds: new Gauge({ name: 'shuling_outbox_oldest_seconds', help: '最久未发的一件等了多少秒', registers }),
    clockFastSeconds: new Gauge({ name: 'shuling_clock_fast_seconds', help: '服务器的钟比飞书的快多少秒（慢的是负数）', registers }),
  };
}
