import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CardJson } from '#cards/kit/card';
import { systemClock } from '#core/clock';
import type { ClickResult, Seen } from '../../click.ts';
import type { ChatView, MessageView } from '../view.ts';
import { CardView } from './card/card.tsx';
import { wordsOf } from './card/read.ts';
import type { Device, Press } from './card/surface.ts';
import { act } from './net.ts';
import { useNotices } from './notices.tsx';
import { tookWords } from './words.ts';

export interface MessageCardProps {
  readonly message: MessageView;
  readonly as: string;
  readonly chat: ChatView;
  readonly device: Device;
  readonly nameOf: (openId: string) => string | null;
  readonly onChanged: () => void;
}

/** 卡片消息 — presses go to the emulator, which checks, calls our product back and judges its answer. */
export function MessageCard({ message, as, chat, device, nameOf, onChanged }: MessageCardProps): VNode | null {
  const { toast, ask } = useNotices();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<ClickResult | null>(null);
  const [reusedName, setReusedName] = useState<string | undefined>(undefined);
  const { card, messageId } = message;
  if (!card) return null;

  const press = async ({ path, form, value, confirm, url }: Press): Promise<Seen | null> => {
    if (confirm && !(await ask({ title: wordsOf(confirm['title']), text: wordsOf(confirm['text']) }))) return null;
    setWaiting((former) => new Set([...former, path]));
    setLast(null);
    setReusedName(undefined);
    try {
      const { click } = await act({ kind: 'click', as, messageId, path, ...(form ? { form } : {}), ...(value === undefined ? {} : { value }) });
      if (!click) return null;
      setLast(click);
      tell(click.seen, toast);
      if (form && click.seen.kind === 'answered' && click.seen.card) {
        const former = formNames(card);
        setReusedName(formNames(click.seen.card).find((name) => former.includes(name)));
      }
      if (url !== undefined && (click.seen.kind === 'answered' || click.seen.kind === 'link')) window.open(url, '_blank', 'noopener');
      return click.seen;
    } catch (error) {
      toast('error', error instanceof Error ? error.message : String(error));
      return null;
    } finally {
      setWaiting((former) => new Set([...former].filter((other) => other !== path)));
      onChanged();
    }
  };
  return (
    <div class={`message-card ${message.expired ? 'expired' : ''}`}>
      <CardView card={card} surface={{ device, nameOf, members: chat.members, waiting, press }} />
      {message.expired && <p class="message-note">卡片发出已满 14 天，点了也不能再办</p>}
      {waiting.size > 0 ? <CallbackClock /> : last?.delivery && <LastCallback result={last} />}
      {reusedName !== undefined && <p class="callback-clock late">换上的卡片沿用了表单名 {reusedName}，真实的客户端可能一直锁着它；每换一次要换名</p>}
    </div>
  );
}

/** 表单只在卡片的最外层。 */
function formNames({ body }: CardJson): readonly string[] {
  return body.elements.flatMap(({ tag, name }) => (tag === 'form' && typeof name === 'string' ? [name] : []));
}

function tell(seen: Seen, toast: ReturnType<typeof useNotices>['toast']): void {
  switch (seen.kind) {
    case 'answered':
      if (seen.toast) toast(seen.toast.type, seen.toast.content);
      return;
    case 'failed':
      toast('error', seen.words);
      return;
    case 'refused':
      if (seen.words !== '') toast('warning', seen.field === undefined ? seen.words : `${seen.words}：${seen.field}`);
      return;
    case 'link':
      return;
  }
}

const answerWithinMs = 3_000;

/** 回调的钟 — the product has three seconds. */
function CallbackClock(): VNode {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    const startedMs = systemClock.monotonicMs();
    let frame = 0;
    const tick = (): void => {
      setElapsed(systemClock.monotonicMs() - startedMs);
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, []);
  return (
    <p class={`callback-clock ${elapsed > answerWithinMs * 0.7 ? 'late' : ''}`}>
      <progress max={answerWithinMs} value={Math.min(elapsed, answerWithinMs)} aria-label="等待机器人应答" />
      <span>等待应答 {(elapsed / 1000).toFixed(1)} 秒，限 3 秒</span>
    </p>
  );
}

function LastCallback({ result: { seen, tookMs } }: { result: ClickResult }): VNode {
  return (
    <p class={`callback-clock ${seen.kind === 'failed' ? 'late' : ''}`}>
      <span>
        {seen.kind === 'failed' ? `回调失败（${seen.code}）` : '回调已应答'}，用时 {tookWords(tookMs)}
      </span>
    </p>
  );
}
