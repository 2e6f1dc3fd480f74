import type { VNode } from 'preact';
import type { MessageView } from '../view.ts';
import { Avatar } from './avatar.tsx';
import { MessageCard, type MessageCardProps } from './message-card.tsx';
import { act } from './net.ts';
import { useNotices } from './notices.tsx';
import { sizeWords, whenWords } from './words.ts';

export interface MessageProps extends MessageCardProps {
  readonly botName: string;
  readonly now: number;
  readonly onInspect: (messageId: string) => void;
  readonly onReply: (message: MessageView) => void;
  readonly onForward: (message: MessageView) => void;
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
          {message.urgent && !message.recalled && <span class="urgent-badge">加急</span>}
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
