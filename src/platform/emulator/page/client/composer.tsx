import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ActDraft, ActOutcome } from '../perform.ts';
import type { ChatView, MessageView, StateView } from '../view.ts';
import { act, upload } from './net.ts';
import { useNotices } from './notices.tsx';

export interface ComposerProps {
  readonly as: string;
  readonly chat: ChatView;
  readonly bot: StateView['bot'];
  readonly replyTo: MessageView | null;
  readonly nameOf: (openId: string) => string | null;
  readonly onReplyEnd: () => void;
}

/** 输入区 — words, files, mentions, the bot's menu and its commands. */
export function Composer({ as, chat, bot, replyTo, nameOf, onReplyEnd }: ComposerProps): VNode {
  const { toast } = useNotices();
  const [text, setText] = useState('');
  const [mentionsBot, setMentionsBot] = useState(true);
  const [mentions, setMentions] = useState<readonly string[]>([]);
  const [sending, setSending] = useState(false);
  const filePicker = useRef<HTMLInputElement>(null);
  const { chatId, kind } = chat;
  const group = kind === 'group';

  const attempt = async (work: () => Promise<ActOutcome>): Promise<void> => {
    setSending(true);
    try {
      const problem = problemOf(await work());
      if (problem !== null) toast('warning', problem);
    } catch (error) {
      toast('error', error instanceof Error ? error.message : String(error));
    } finally {
      setSending(false);
    }
  };
  const say = (): void => {
    if (text.trim() === '' || sending) return;
    const speech: ActDraft = { kind: 'say', as, chatId, text, mentionsBot: group && chat.botIn && mentionsBot, mentions: [...mentions] };
    void attempt(() => act(replyTo ? { ...speech, parentId: replyTo.messageId } : speech));
    setText('');
    setMentions([]);
    onReplyEnd();
  };
  const sendFiles = (files: Iterable<File>): void => {
    for (const file of files) void attempt(() => upload(file, { as, chatId }));
  };
  const commands = text.startsWith('/') ? bot.commands.filter(({ name }) => name.startsWith(text.slice(1))) : [];

  return (
    // 拖进来的文件直接发出；键盘用「文件」按钮。
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra for the mouse, the button does the same
    <div
      class="composer"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        sendFiles(event.dataTransfer?.files ?? []);
      }}
    >
      {!group && bot.menu.length > 0 && (
        <fieldset class="bot-menu" aria-label="机器人菜单">
          {bot.menu.map(({ key, name }) => (
            <button key={key} type="button" onClick={() => void attempt(() => act({ kind: 'menu', as, key }))}>
              {name}
            </button>
          ))}
        </fieldset>
      )}
      {replyTo && (
        <p class="reply-to">
          回复：{replyTo.senderId === null ? bot.name : nameOf(replyTo.senderId)}
          <button type="button" class="ghost" onClick={onReplyEnd}>
            取消
          </button>
        </p>
      )}
      {commands.length > 0 && (
        <ul class="commands" aria-label="指令">
          {commands.map(({ commandId, name, description }) => (
            <li key={commandId}>
              <button type="button" onClick={() => setText(`/${name} `)}>
                <strong>/{name}</strong> {description}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="composer-tools">
        {group && (
          <label class="mention-bot">
            <input type="checkbox" checked={mentionsBot && chat.botIn} disabled={!chat.botIn} onChange={() => setMentionsBot(!mentionsBot)} />@
            {bot.name}
          </label>
        )}
        {group && <MentionPeople chat={chat} as={as} mentions={mentions} nameOf={nameOf} onChange={setMentions} />}
        <button type="button" class="ghost" onClick={() => filePicker.current?.click()}>
          文件
        </button>
        <input
          ref={filePicker}
          type="file"
          multiple
          hidden
          onChange={(event) => {
            sendFiles(event.currentTarget.files ?? []);
            event.currentTarget.value = '';
          }}
        />
      </div>
      <div class="composer-line">
        <textarea
          rows={2}
          aria-label="消息"
          placeholder={group ? '说点什么；勾上 @ 机器人它才听得到' : `发给${bot.name}，回车发送，Shift+回车换行`}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            say();
          }}
          onPaste={(event) => sendFiles(event.clipboardData?.files ?? [])}
        />
        <button type="button" class="primary" disabled={text.trim() === ''} onClick={say}>
          发送
        </button>
      </div>
    </div>
  );
}

/** 投递没有被确认时，告诉人：话说出去了，机器人没收到。 */
function problemOf({ delivery }: ActOutcome): string | null {
  if (!delivery) return null;
  switch (delivery.state) {
    case 'acknowledged':
      return null;
    case 'held':
      return '这个事件被压住了，等下一个事件之后才投递（乱序故障）';
    case 'waiting':
    case 'failed': {
      const last = delivery.attempts.at(-1);
      return `机器人没有确认收到（${last?.status === null || last === undefined ? '没有应答' : `HTTP ${last.status}`}），平台会再投`;
    }
  }
}

function MentionPeople({
  chat,
  as,
  mentions,
  nameOf,
  onChange,
}: {
  chat: ChatView;
  as: string;
  mentions: readonly string[];
  nameOf: (openId: string) => string | null;
  onChange: (mentions: readonly string[]) => void;
}): VNode {
  const others = chat.members.filter((openId) => openId !== as && !mentions.includes(openId));
  return (
    <>
      {mentions.map((openId) => (
        <button
          key={openId}
          type="button"
          class="mention-chip"
          title="取消提及"
          onClick={() => onChange(mentions.filter((other) => other !== openId))}
        >
          @{nameOf(openId)} ×
        </button>
      ))}
      {others.length > 0 && (
        <select
          class="mention-more"
          aria-label="提及成员"
          value=""
          onChange={(event) => {
            if (event.currentTarget.value !== '') onChange([...mentions, event.currentTarget.value]);
          }}
        >
          <option value="">@ 成员</option>
          {others.map((openId) => (
            <option key={openId} value={openId}>
              {nameOf(openId)}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
