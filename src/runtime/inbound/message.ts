import type { Answer, Conversation } from '#core/command';
import type { Context } from '#core/context';
import { localDateOf } from '#core/dates';
import { AppError, InvalidError } from '#core/errors';
import type { InboundMessage } from '#platform/inbound';
import { performAlone, type Task } from '../unit-of-work.ts';
import { queueAnswer } from './answer.ts';
import { understand } from './commands.ts';
import { queueIntake } from './intake.ts';
import { type DispatchParts, incidentCode } from './parts.ts';

/** 建消息分派 — in groups only what is addressed to the bot is heard; every message that is heard gets an answer. */
export function createMessageDispatch(parts: DispatchParts): (event: InboundMessage) => Promise<void> {
  return async (event) => {
    if (event.chatType === 'group' && (!event.mentionsBot || event.mentionsAll)) return;
    const conversation: Conversation = { chatId: event.chatId, chatType: event.chatType, messageId: event.messageId };
    const now = parts.clock.now();
    const task = (work: Task<void>['work']): Task<void> => ({
      now,
      // 平台提示：消息要按 message_id 去重，event_id 靠不住（contract 1.6）。
      eventKey: `message:${event.messageId}`,
      actor: (tx) => parts.engines.resolveActor(tx, { openId: event.senderOpenId, userId: event.senderUserId, today: localDateOf(now) }),
      work: async (ctx) => {
        // 办成、被拒都要说：被拒的那一件事整个撤销了。
        if (ctx.actor.personId === null && event.chatType === 'p2p')
          for (const { handle } of parts.registry.notices('strangerSpoke')) await handle(ctx, { kind: 'strangerSpoke' } as never);
        return work(ctx);
      },
    });
    const tooFast = refuseHaste(parts, event);
    if (tooFast === 'silently') return;
    try {
      if (tooFast) throw tooFast;
      await performAlone(
        parts,
        task((ctx) => answerMessage(parts, ctx, { event, conversation })),
      );
    } catch (error) {
      const text = refusalText(parts, event, error);
      // 业务已整体撤销；另起一件事，只登记这条消息并说明原因。
      await performAlone(
        parts,
        task(async (ctx) => queueAnswer(ctx, refusal(parts, text), conversation)),
      );
    }
  };
}

/** 太快 — each file is answered for, since it was not read; of words that pour in, one answer says that the rest is not heard. */
function refuseHaste({ pace }: DispatchParts, { file, senderOpenId, senderUserId }: InboundMessage): InvalidError | 'silently' | undefined {
  const who = senderOpenId ?? senderUserId ?? '';
  if (file) return pace.uploads.take(who) ? undefined : new InvalidError('文件来得太快，这一份没有读，请过一分钟再发', 'too many files');
  if (pace.actions.take(who)) return undefined;
  return pace.told.take(who) ? new InvalidError('您发得太快，这一条和紧接着的几条没有办，请过十秒再发', 'too many words') : 'silently';
}

async function answerMessage(
  parts: DispatchParts,
  ctx: Context,
  { event, conversation }: { event: InboundMessage; conversation: Conversation },
): Promise<void> {
  if (event.file) {
    queueIntake(ctx, event.file, conversation);
    return;
  }
  if (event.text === null) {
    queueAnswer(ctx, refusal(parts, '我只看得懂文字和表格文件（.xlsx、.xls、.csv）。发送“帮助”可查看能办的事。'), conversation);
    return;
  }
  const understood = understand(event.text, ctx.contributions.commands, ctx.actor);
  if (understood.kind === 'command') {
    queueAnswer(ctx, await understood.command.handle(ctx, understood.argument, conversation), conversation);
    return;
  }
  for (const { topic } of ctx.contributions.features) {
    const answer = await topic?.(ctx, event.text.normalize('NFKC').trim());
    if (answer) {
      queueAnswer(ctx, answer, conversation);
      return;
    }
  }
  const suggestions = understood.nearest.map(({ example, summary }) => ({ example, summary }));
  queueAnswer(ctx, { card: parts.systemCards.didYouMean({ text: event.text, suggestions }) }, conversation);
}

function refusalText(parts: DispatchParts, event: InboundMessage, error: unknown): string {
  if (error instanceof AppError) {
    parts.log.info({ eventId: event.eventId, messageId: event.messageId, refusal: error.message }, 'message refused');
    return error.publicMessage;
  }
  const code = incidentCode();
  parts.log.error({ eventId: event.eventId, messageId: event.messageId, code, err: error }, 'message failed');
  return `没有办成，请稍后再发一次；仍不行请联系系统管理员（编号 ${code}）。`;
}

function refusal(parts: DispatchParts, text: string): Answer {
  return { card: parts.systemCards.notice({ title: '未能办理', text, tone: 'warning' }) };
}
