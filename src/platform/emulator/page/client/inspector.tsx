import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Delivery } from '../../model.ts';
import type { CardInspection, MessageInspection } from '../view.ts';
import { getJson } from './net.ts';
import { dateWords, tookWords } from './words.ts';

/** 查验一条消息 — its JSON, what the validators say, and what it set in motion. */
export function MessageInspector({ messageId, as, revision }: { messageId: string | null; as: string; revision: number }): VNode {
  const [inspection, setInspection] = useState<MessageInspection | null>(null);
  // revision 在依赖里：有变动就重看一遍。
  useEffect(() => {
    if (messageId === null) return;
    void getJson<MessageInspection | null>('/api/message', { id: messageId, as }).then(setInspection, () => setInspection(null));
  }, [messageId, as, revision]);
  if (messageId === null) return <p class="empty">在任一条消息下点「查验」，这里就显示它的内容和来往。</p>;
  if (!inspection) return <p class="empty">正在取…</p>;
  const { card, content, deliveries } = inspection;
  return (
    <>
      <p class="mono">{inspection.messageId}</p>
      {card && <Findings inspection={card} />}
      <h3>它引起的投递</h3>
      {deliveries.length === 0 ? (
        <p class="quiet">还没有</p>
      ) : (
        deliveries.map((delivery) => <DeliveryRow key={delivery.eventId} delivery={delivery} />)
      )}
      <JsonBlock title={card ? '卡片 JSON' : '消息内容'} value={card?.json ?? content} open />
    </>
  );
}

/** 校验结论 */
export function Findings({ inspection: { bytes, findings, house } }: { inspection: CardInspection }): VNode {
  return (
    <div class="findings">
      <p class={findings.some(({ verdict }) => verdict === 'reject') ? 'bad' : 'good'}>
        {verdictWords(findings)}，{bytes} 字节
      </p>
      {(findings.length > 0 || house.length > 0) && (
        <ul>
          {findings.map(({ verdict, code, path, detail }) => (
            <li key={`${path}${detail}`} class={verdict === 'reject' ? 'bad' : 'doubt'}>
              <strong>{verdict === 'reject' ? `拒收 ${code}` : '存疑'}</strong> {detail}
              <span class="mono">{path}</span>
            </li>
          ))}
          {house.map((words) => (
            <li key={words} class="doubt">
              <strong>自定规矩</strong> {words}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function verdictWords(findings: CardInspection['findings']): string {
  const rejected = findings.filter(({ verdict }) => verdict === 'reject').length;
  if (rejected > 0) return `平台会拒收：${rejected} 处`;
  return findings.length > 0 ? `平台接受，${findings.length} 处存疑` : '平台接受，没有问题';
}

const states = { held: '压住', waiting: '待重投', acknowledged: '已确认', failed: '失败' } as const;

/** 一次投递，点开看事件和应答 */
export function DeliveryRow({ delivery }: { delivery: Delivery }): VNode {
  const { eventType, state, attempts, body, kind } = delivery;
  const last = attempts.at(-1);
  return (
    <Row
      state={state}
      stateWords={states[state]}
      title={eventType || kind}
      facts={last ? `${last.status ?? last.answer} · ${tookWords(last.tookMs)}` : ''}
    >
      {attempts.map(({ at, status, tookMs }, index) => (
        <p key={`${at}-${index}`} class="quiet">
          第 {index + 1} 次：{dateWords(at, 'stamp')}，{status === null ? '没有应答' : `HTTP ${status}`}，{tookWords(tookMs)}
        </p>
      ))}
      <JsonBlock title="发出的事件（加密前）" value={body} open />
      {last && <JsonBlock title="应答" value={parsed(last.answer)} open />}
    </Row>
  );
}

export interface RowProps {
  /** decides the colour */
  readonly state: string;
  readonly stateWords: string;
  readonly title: string;
  readonly facts: string;
  readonly children: ComponentChildren;
}

/** 一行记录 — what is inside is drawn when it is opened: there are hundreds of rows. */
export function Row({ state, stateWords, title, facts, children }: RowProps): VNode {
  const [open, setOpen] = useState(false);
  return (
    <details class="row" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class={`state ${state}`}>{stateWords}</span>
        <span class="row-title">{title}</span>
        <span class="row-facts">{facts}</span>
      </summary>
      {open && children}
    </details>
  );
}

/** 是 JSON 就排开看，不是就原样。 */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** JSON，可复制 */
export function JsonBlock({ title, value, open = false }: { title: string; value: unknown; open?: boolean }): VNode {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <details class="json" open={open}>
      <summary>{title}</summary>
      <button type="button" class="ghost copy" onClick={() => void navigator.clipboard.writeText(text)}>
        复制
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}
