import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ArmedFault } from '../../faults.ts';
import type { FaultView, LogView, OutboxView } from '../view.ts';
import { DeliveryRow, JsonBlock, MessageInspector, parsed, Row } from './inspector.tsx';
import { getJson, postJson } from './net.ts';
import { useNotices } from './notices.tsx';
import { dateWords, tookWords } from './words.ts';

export const tabs = { message: '消息', deliveries: '投递', calls: '接口', outbox: '发件箱', faults: '故障' } as const;
export type Tab = keyof typeof tabs;

export interface DrawerProps {
  readonly tab: Tab;
  readonly onTab: (tab: Tab | null) => void;
  readonly messageId: string | null;
  readonly as: string;
  readonly revision: number;
  readonly armed: readonly ArmedFault[];
}

/** 抽屉 — what goes on behind the chat. */
export function Drawer({ tab, onTab, ...rest }: DrawerProps): VNode {
  return (
    <aside class="drawer" aria-label="幕后">
      <div class="drawer-head">
        <div class="drawer-tabs" role="tablist" aria-label="幕后">
          {Object.entries(tabs).map(([key, title]) => (
            <button
              key={key}
              type="button"
              role="tab"
              id={`tab-${key}`}
              aria-selected={key === tab}
              aria-controls="drawer-panel"
              onClick={() => onTab(key as Tab)}
            >
              {title}
              {key === 'faults' && rest.armed.length > 0 && <span class="armed-dot" title="有已设的故障" />}
            </button>
          ))}
        </div>
        <button type="button" class="ghost drawer-close" aria-label="关闭幕后" onClick={() => onTab(null)}>
          ×
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <div class="drawer-body" id="drawer-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        <Panel tab={tab} {...rest} />
      </div>
    </aside>
  );
}

function Panel({ tab, messageId, as, revision, armed }: Omit<DrawerProps, 'onTab'>): VNode {
  switch (tab) {
    case 'message':
      return <MessageInspector messageId={messageId} as={as} revision={revision} />;
    case 'deliveries':
      return <Deliveries revision={revision} />;
    case 'calls':
      return <Calls revision={revision} />;
    case 'outbox':
      return <Outbox revision={revision} />;
    case 'faults':
      return <FaultDesk armed={armed} />;
  }
}

function useFetched<T>(path: string, revision: number): T | null {
  const [value, setValue] = useState<T | null>(null);
  // revision 在依赖里：有变动就重取。
  useEffect(() => {
    void getJson<T>(path).then(setValue, () => undefined);
  }, [path, revision]);
  return value;
}

function Deliveries({ revision }: { revision: number }): VNode {
  const log = useFetched<LogView>('/api/log', revision);
  if (!log || log.deliveries.length === 0) return <p class="empty">平台还没有投递过事件。</p>;
  return (
    <>
      {log.deliveries.map((delivery) => (
        <DeliveryRow key={delivery.eventId} delivery={delivery} />
      ))}
    </>
  );
}

function Calls({ revision }: { revision: number }): VNode {
  const log = useFetched<LogView>('/api/log', revision);
  if (!log || log.calls.length === 0) return <p class="empty">机器人还没有调用过接口。</p>;
  return (
    <>
      {log.gaps.length > 0 && (
        <div class="findings">
          <p class="bad">调用了没有模拟的接口</p>
          <ul>
            {log.gaps.map(({ method, path, count }) => (
              <li key={method + path} class="bad mono">
                {method} {path} × {count}
              </li>
            ))}
          </ul>
        </div>
      )}
      {log.calls.map(({ logId, at, method, path, status, code, message, tookMs, request, fault }) => (
        <Row
          key={logId}
          state={status === 200 && code === 0 ? 'acknowledged' : 'failed'}
          stateWords={status === null ? '无应答' : String(status)}
          title={`${method} ${path.replace('/open-apis', '')}`}
          facts={code === null || code === 0 ? tookWords(tookMs) : String(code)}
        >
          <p class="quiet">
            {dateWords(at, 'stamp')}，{code === null ? '没有应答' : `code ${code}`} {message}
            {fault === null ? '' : `，故障：${fault}`}
          </p>
          <JsonBlock title="请求" value={parsed(request)} open />
        </Row>
      ))}
    </>
  );
}

const outboxStates: Readonly<Record<string, string>> = { pending: '待发', sending: '发送中', sent: '已发', replaced: '已被新的代替', dead: '发不出' };
const effects: Readonly<Record<string, string>> = { sendCard: '发卡片', updateCard: '换卡片', sendText: '发文字', sendFile: '发文件', job: '作业' };

function Outbox({ revision }: { revision: number }): VNode {
  const rows = useFetched<OutboxView>('/api/outbox', revision);
  if (!rows || rows.length === 0) return <p class="empty">发件箱里什么也没有。</p>;
  return (
    <>
      {rows.map(({ id, kind, state, recipient, cardKey, attempts, lastError, createdAt }) => (
        <Row
          key={id}
          state={state}
          stateWords={outboxStates[state] ?? state}
          title={`${effects[kind] ?? kind} ${cardKey ?? ''}`}
          facts={`${attempts} 次`}
        >
          <p class="quiet">发给 {recipient ?? '（无）'}</p>
          <p class="quiet">{createdAt}</p>
          <p class="mono">{id}</p>
          {lastError !== null && <p class="bad">{lastError}</p>}
        </Row>
      ))}
    </>
  );
}

function FaultDesk({ armed }: { armed: readonly ArmedFault[] }): VNode {
  const { toast } = useNotices();
  const [faults, setFaults] = useState<readonly FaultView[]>([]);
  useEffect(() => {
    void getJson<readonly FaultView[]>('/api/faults').then(setFaults, () => undefined);
  }, []);
  const change = (body: unknown): void => {
    postJson('/api/faults', body).catch((error: unknown) => toast('error', String(error)));
  };
  return (
    <>
      <p class="quiet">点一下设好，命中一次后自动解除；再点一下取消。</p>
      <ul class="fault-list">
        {faults.map(({ kind, title }) => {
          const set = armed.find((fault) => fault.kind === kind);
          return (
            <li key={kind}>
              <button type="button" aria-pressed={set !== undefined} onClick={() => change(set ? { disarm: kind } : { arm: kind })}>
                <span>{title}</span>
                <span class="fault-state">{set ? `已设${set.times === null ? '' : `，还有 ${set.times} 次`}` : '未设'}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" class="ghost" disabled={armed.length === 0} onClick={() => change({ clear: true })}>
        全部解除
      </button>
    </>
  );
}
