import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { systemClock } from '#core/clock';
import type { ClickResult, Seen } from '../../click.ts';
import type { ChatView, MessageView } from '../view.ts';
import { Avatar } from './avatar.tsx';
import { CardView } from './card/card.tsx';
import { wordsOf } from './card/read.ts';
import type { Device, Press } from './card/surface.ts';
import { act } from './net.ts';
import { useNotices } from './notices.tsx';
import { sizeWords, tookWords, whenWords } from './words.ts';

export interface MessageProps {
  readonly message: MessageView;
  readonly as: string;
  readonly chat: ChatView;
  readonly botName: string;
  readonly now: number;
  readonly device: Device;
  readonly nameOf: (openId: string) => string | null;
  readonly onInspect: (messageId: string) => void;
  readonly onReply: (message: MessageView) => void;
  readonly onForward: (message: MessageView) => void;
  readonly onChanged: () => void;
}

/** 一条消息 */
export function Message(props: MessageProps): VNode {
  const { message, as, botName, nameOf, now } = props;
  const own = message.senderId === as;
  const name = message.senderId === null ? botName : (nameOf(message.senderId) ?? message.senderId);
  return (
    <li class={`message ${own ? 'own' : ''} type-${message.type}`} data-message-id={message.messageId}>
      <Avatar name={name} bot={message.senderId === null} />
      <div class="message-main">
        <p class="message-head">
          <span class="message-name">{name}</span>
          {message.senderId === null && <span class="bot-badge">机器人</span>}
          <time>{whenWords(message.createdAt, now)}</time>
        </p>
        {message.forwarded && <p class="message-note">转发的副本</p>}
        <MessageBody {...props} />
        <MessageFoot {...props} own={own} />
      </div>
    </li>
  );
}

function MessageBody(props: MessageProps): VNode {
  const { message } = props;
  if (message.recalled) return <p class="recalled">消息已撤回</p>;
  if (message.card) return <MessageCard {...props} />;
  const { file } = message;
  if (file && message.type === 'image') return <img class="message-image" src={`/api/files/${file.fileKey}`} alt={file.name} />;
  if (file) {
    return (
      <a class="file-bubble" href={`/api/files/${file.fileKey}`} download={file.name}>
        <span class="file-icon" aria-hidden="true">
          {file.name.split('.').pop()?.slice(0, 4).toUpperCase()}
        </span>
        <span>
          <span class="file-name">{file.name}</span>
          <small>{sizeWords(file.size)}</small>
        </span>
      </a>
    );
  }
  return <p class="bubble">{message.text}</p>;
}

function MessageFoot({ message, own, as, chat, nameOf, onInspect, onReply, onForward, onChanged }: MessageProps & { own: boolean }): VNode {
  const { toast } = useNotices();
  const readers = message.readBy.filter((openId) => chat.members.includes(openId));
  const audience = chat.members.filter((openId) => openId !== message.senderId).length;
  const recall = (): void => {
    act({ kind: 'recall', as, messageId: message.messageId }).then(onChanged, (error: unknown) => toast('error', String(error)));
  };
  return (
    <p class="message-foot">
      {message.changedAt !== null && <span>已更新 {message.revision - 1} 次</span>}
      {chat.kind === 'group' && !message.recalled && (
        <span title={readers.map((openId) => nameOf(openId) ?? openId).join('、')}>
          已读 {readers.length} / {audience}
        </span>
      )}
      <button type="button" onClick={() => onInspect(message.messageId)}>
        查验
      </button>
      {!message.recalled && (
        <>
          <button type="button" onClick={() => onReply(message)}>
            回复
          </button>
          <button type="button" onClick={() => onForward(message)}>
            转发
          </button>
        </>
      )}
      {own && !message.recalled && (
        <button type="button" onClick={recall}>
          撤回
        </button>
      )}
    </p>
  );
}

/** 卡片消息 — presses go to the emulator, which checks, calls our product back and judges its answer. */
function MessageCard({ message, as, chat, device, nameOf, onChanged }: MessageProps): VNode | null {
  const { toast, ask } = useNotices();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<ClickResult | null>(null);
  const { card, messageId } = message;
  if (!card) return null;

  const press = async ({ path, form, value, confirm, url }: Press): Promise<Seen | null> => {
    if (confirm && !(await ask({ title: wordsOf(confirm['title']), text: wordsOf(confirm['text']) }))) return null;
    setWaiting((former) => new Set([...former, path]));
    setLast(null);
    try {
      const { click } = await act({ kind: 'click', as, messageId, path, ...(form ? { form } : {}), ...(value === undefined ? {} : { value }) });
      if (!click) return null;
      setLast(click);
      tell(click.seen, toast);
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
    </div>
  );
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
