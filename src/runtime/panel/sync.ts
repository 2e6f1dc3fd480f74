import type { Command } from '#core/command';
import type { Database } from '#db/client';
import { withTransaction } from '#db/transaction';
import type { CommandPanel, PanelCommand } from '#platform/port';
import type { Log } from '../log.ts';
import { findPanelIds, savePanel } from './store.ts';

export interface PanelParts {
  readonly database: Database;
  readonly panel: CommandPanel;
  readonly commands: readonly Command[];
  readonly log: Log;
}

/** 口令 → 指令 — under the English alias, because whether the platform takes Chinese names is not known; the Chinese word leads the description. */
export function panelCommands(commands: readonly Command[]): PanelCommand[] {
  return commands.flatMap(({ words, summary }) => {
    const name = words.find((word) => /^[a-z-]+$/.test(word));
    return name === undefined ? [] : [{ name, description: `${words[0]}：${summary}` }];
  });
}

/**
 * 登记指令 — at every start the app's list is compared with our commands and only the differences are written. Entries that somebody else
 * added are left alone. Without the permission nothing is lost but the list: typed commands are understood all the same.
 */
export async function syncPanel(parts: PanelParts): Promise<void> {
  try {
    const changed = await reconcile(parts);
    if (changed > 0) parts.log.info({ changed }, 'slash commands registered; clients show them after some five minutes');
  } catch (error) {
    parts.log.warn({ err: error }, 'the slash commands could not be registered; the next start tries again');
  }
}

async function reconcile({ database, panel, commands, log }: PanelParts): Promise<number> {
  const listed = await panel.list();
  const ours = await withTransaction(database, findPanelIds);
  const wanted = panelCommands(commands);
  const added: { id: string; name: string }[] = [];
  const removed = listed.filter(({ id, name }) => ours.has(id) && !wanted.some((command) => command.name === name));
  const gone = [...ours].filter((id) => !listed.some((entry) => entry.id === id));
  let described = 0;
  try {
    for (const { id } of removed) await panel.remove(id);
    for (const command of wanted) {
      const known = listed.find(({ name }) => name === command.name);
      if (!known) added.push({ ...(await panel.add(command)), name: command.name });
      else if (known.description === command.description) added.push({ id: known.id, name: command.name });
      else if (ours.has(known.id)) {
        await panel.describe(known.id, command.description);
        described += 1;
      } else log.warn({ command: command.name }, 'a slash command of this name was registered by somebody else and is left as it is');
    }
  } finally {
    // 半路断了，登记了的也要记下：下次才认得是自己的。
    const forget = [...removed.map(({ id }) => id), ...gone];
    await withTransaction(database, (tx) => savePanel(tx, { added: added.filter(({ id }) => !ours.has(id)), forget }));
  }
  return added.filter(({ id }) => !listed.some((entry) => entry.id === id)).length + described + removed.length;
}
