import ExcelJS from 'exceljs';
import { strFromU8, unzipSync } from 'fflate';
import { cardOf } from '#platform/emulator/model';
import type { EmulatorStore } from '#platform/emulator/store';
import { groups } from './hall-people.ts';

/** 收到的文件 */
interface Enclosure {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** 一个人、一个群收到的，照现在的样子 @property to 人名，或者群的用途 */
export interface Post {
  readonly to: string;
  readonly cards: readonly object[];
  readonly files: readonly Enclosure[];
  readonly text: string;
}

/** 不分先后地比 */
export const sorted = (lines: Iterable<string>): string[] => [...lines].sort((left, right) => (left < right ? -1 : 1));

/** 看到的字 — the cards write the dot of a number as an entity, so that no client takes it for a link. */
export const plainOf = (text: string): string => text.replace(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)));

/** 各处已有几条 */
export const countPosts = (store: EmulatorStore): ReadonlyMap<string, number> =>
  new Map(store.chats().map(({ chatId }) => [chatId, store.messagesOf(chatId).length]));

/** 这一场开始以来各人、各群收到的 */
export function postsSince(store: EmulatorStore, since: ReadonlyMap<string, number>): Post[] {
  return store.chats().map(({ chatId, kind, name, members }) => {
    const messages = store
      .messagesOf(chatId)
      .slice(since.get(chatId) ?? 0)
      .filter(({ sender }) => sender.kind === 'bot');
    const purpose = Object.keys(groups).find((each) => groups[each] === name) ?? name;
    return {
      to: kind === 'p2p' ? (members[0] ?? '').replace('ou_hall_', '') : purpose,
      cards: messages.flatMap((message) => cardOf(message, members[0] ?? '') ?? []),
      files: messages.flatMap(({ msgType, content }) => (msgType === 'file' ? [enclosureOf(store, content)] : [])),
      text: plainOf(messages.map(({ content }) => content).join('\n')),
    };
  });
}

function enclosureOf(store: EmulatorStore, content: string): Enclosure {
  const { file_key: key } = JSON.parse(content) as { file_key: string };
  return { name: store.file(key)?.name ?? '', bytes: store.fileBytes(key) ?? new Uint8Array() };
}

/** 卡片里的表 — the rows of the first table that has such a column. */
export function tableIn(card: unknown, column: string): Record<string, unknown>[] | null {
  if (typeof card !== 'object' || card === null) return null;
  const { rows } = card as { rows?: unknown };
  if (Array.isArray(rows) && rows.every((row) => typeof row === 'object' && row !== null && column in row)) return rows as Record<string, unknown>[];
  for (const part of Object.values(card)) {
    const found = tableIn(part, column);
    if (found) return found;
  }
  return null;
}

/** 卡片、网页上的字 */
export function wordsOf(part: unknown): string {
  if (typeof part === 'string') return plainOf(part);
  return typeof part === 'object' && part !== null ? Object.values(part).map(wordsOf).join(' ') : '';
}

/** 纪要 — its paragraphs, and the cells of its tables. */
export function readMinutes(bytes: Uint8Array): { readonly text: string; readonly rows: readonly string[][] } {
  const xml = strFromU8(unzipSync(bytes)['word/document.xml'] ?? new Uint8Array());
  const bare = (part: string): string => part.replace(/<[^>]+>/g, '');
  const rows = [...xml.matchAll(/<w:tr[ >].*?<\/w:tr>/gs)].map(([row]) => [...row.matchAll(/<w:tc>.*?<\/w:tc>/gs)].map(([cell]) => bare(cell)));
  return { text: bare(xml.replace(/<\/w:p>/g, '\n')), rows };
}

/** 计票表 */
export async function readTallySheet(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(Buffer.from(bytes) as unknown as ArrayBuffer);
  const [head = [], ...rows] = ((book.getWorksheet('计票表')?.getSheetValues() ?? []).slice(1) as unknown[][]).map((row) => [...row].slice(1));
  return rows.map((row) => Object.fromEntries(head.flatMap((name, index) => (row[index] == null ? [] : [[String(name), row[index]]]))));
}
