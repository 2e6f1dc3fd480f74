import type { Tx } from '#core/context';
import { rows } from '#db/rows';

/** 我们登记过的指令 — ids of the platform; whatever else the app's list holds is somebody else's. */
export async function findPanelIds(tx: Tx): Promise<Set<string>> {
  return new Set((await rows(tx).panelCommand.findMany({ select: { commandId: true } })).map(({ commandId }) => commandId));
}

/** 记下登记了哪些 @param forget ids that are gone */
export async function savePanel(
  tx: Tx,
  { added, forget }: { added: readonly { id: string; name: string }[]; forget: readonly string[] },
): Promise<void> {
  await rows(tx).panelCommand.createMany({ data: added.map(({ id: commandId, name }) => ({ commandId, name })), skipDuplicates: true });
  await rows(tx).panelCommand.deleteMany({ where: { commandId: { in: [...forget] } } });
}
