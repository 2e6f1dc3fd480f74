import { helpCard } from '#cards/system/help.card';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';

/** 帮助 — what this person may say. */
export const help: Command = command({
  words: ['帮助', '能做什么', 'help'],
  summary: '查看能办的事',
  example: '帮助',
  handle: (ctx) => Promise.resolve({ card: helpFor(ctx) }),
});

/** 帮助卡 — commands that are of no use to the person are left out. */
export function helpFor(ctx: Context): ReturnType<typeof helpCard> {
  const commands = ctx.contributions.commands
    .filter(({ visibleTo }) => visibleTo?.(ctx.actor) ?? true)
    .map(({ words, example, summary }) => ({ word: words[0], example, summary }));
  return helpCard({ botName: ctx.settings.botName, commands });
}
