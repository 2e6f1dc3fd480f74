import { type Recipient, recipientKey } from '#core/outbox';
import type { ChatReader, ChatWriter, Content, Sent } from '#platform/port';

/** 窗口 — at most `max` calls in any `ms` milliseconds (contract 5). */
interface Window {
  readonly ms: number;
  readonly max: number;
}
const apiWindows: readonly Window[] = [
  { ms: 1_000, max: 50 },
  { ms: 60_000, max: 1_000 },
];
/** one person, one chat, one message */
const targetWindows: readonly Window[] = [{ ms: 1_000, max: 5 }];
/** that many targets are remembered before those at rest are forgotten */
const targetsMax = 1_000;

/** 发件 — the platform's writer, told as well to whom a reply goes: its budget is that of the chat. */
export interface OutboxWriter extends Omit<ChatWriter, 'reply'> {
  reply(messageId: string, content: Content, uuid: string, to: Recipient): Promise<Sent>;
}

/** 时间 — the one the platform counts by: real seconds, not our clock's. */
export interface Time {
  nowMs(): number;
  /** Calls `then` after `ms`. */
  after(ms: number, then: () => void): void;
}

/** 真的等 — pauses are real. @param nowMs milliseconds by which the platform counts its windows */
export function waitingFor(nowMs: () => number): Time {
  return { nowMs, after: (ms, then) => void setTimeout(then, ms) };
}

/**
 * 出门闸 — the last look before a call leaves this process: the same writer, whose calls wait until the platform cannot refuse them.
 * 额度在认领时记账，几个进程合着算；一行发件里不止一次调用的、换了令牌再来的，账上只有一笔。所以出门再数一遍，接口和对象各数各的：
 * 一次调用从开始占到答复之后一个窗口，它到达平台的时刻必在其间，任何一个窗口里都不会多。
 */
export function throttled(writer: ChatWriter, time: Time): OutboxWriter {
  const passTarget = createTargetPassages(time);
  const createApi = (): Pass => createPassage(apiWindows, time).pass;
  const api = { send: createApi(), reply: createApi(), update: createApi(), urge: createApi(), uploadFile: createApi() };
  // 先等对象，再等接口：等一个人的，不占着大家的额度。
  return {
    send: (to, content, uuid) => passTarget(recipientKey(to), () => api.send(() => writer.send(to, content, uuid))),
    reply: (messageId, content, uuid, to) => passTarget(recipientKey(to), () => api.reply(() => writer.reply(messageId, content, uuid))),
    update: (messageId, card) => passTarget(`message:${messageId}`, () => api.update(() => writer.update(messageId, card))),
    urge: (messageId, openIds) => api.urge(() => writer.urge(messageId, openIds)),
    uploadFile: (fileName, content) => api.uploadFile(() => writer.uploadFile(fileName, content)),
  };
}

/** 读的也过闸 — files that many people send at one time are fetched no faster than the platform lets them be. */
export function throttledReader(reader: ChatReader, time: Time): ChatReader {
  const createApi = (): Pass => createPassage(apiWindows, time).pass;
  const api = { downloadFile: createApi(), findAccounts: createApi(), listChats: createApi(), findSaid: createApi() };
  return {
    downloadFile: (messageId, fileKey, kind) => api.downloadFile(() => reader.downloadFile(messageId, fileKey, kind)),
    findAccounts: (mobiles) => api.findAccounts(() => reader.findAccounts(mobiles)),
    listChats: () => api.listChats(() => reader.listChats()),
    findSaid: (place, said, from, to) => api.findSaid(() => reader.findSaid(place, said, from, to)),
    getBot: () => reader.getBot(),
  };
}

/** 各对象的门 */
function createTargetPassages(time: Time): <Got>(target: string, call: () => Promise<Got>) => Promise<Got> {
  const passages = new Map<string, Passage>();
  return (target, call) => {
    if (passages.size > targetsMax) for (const [key, passage] of passages) if (passage.atRest()) passages.delete(key);
    const passage = passages.get(target) ?? createPassage(targetWindows, time);
    passages.set(target, passage);
    return passage.pass(call);
  };
}

type Pass = <Got>(call: () => Promise<Got>) => Promise<Got>;

interface Passage {
  readonly pass: Pass;
  /** Nothing waits, is under way or still counts. */
  readonly atRest: () => boolean;
}

/** 一道门 — first come, first served. */
function createPassage(windows: readonly Window[], { nowMs, after }: Time): Passage {
  const endedMax = Math.max(...windows.map(({ max }) => max));
  const longestMs = Math.max(...windows.map(({ ms }) => ms));
  const waiting: (() => void)[] = [];
  /** when calls ended, oldest first; as many as the largest window can hold */
  const ended: number[] = [];
  let inFlight = 0;
  let alarm = false;

  /** 还要等多久；正无穷：等在途的回来 */
  const roomIn = (): number =>
    Math.max(
      ...windows.map(({ ms, max }) => {
        if (inFlight >= max) return Number.POSITIVE_INFINITY;
        const oldest = ended[ended.length - (max - inFlight)];
        return oldest === undefined ? 0 : oldest + ms - nowMs();
      }),
    );
  const look = (): void => {
    let wait = roomIn();
    for (; waiting.length > 0 && wait <= 0; wait = roomIn()) {
      inFlight += 1;
      waiting.shift()?.();
    }
    if (waiting.length === 0 || alarm || !Number.isFinite(wait)) return;
    alarm = true;
    after(Math.ceil(wait), () => {
      alarm = false;
      look();
    });
  };
  return {
    pass: async (call) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        look();
      });
      try {
        return await call();
      } finally {
        inFlight -= 1;
        ended.push(nowMs());
        if (ended.length > endedMax) ended.shift();
        look();
      }
    },
    atRest: () => waiting.length === 0 && inFlight === 0 && (ended.at(-1) ?? Number.NEGATIVE_INFINITY) + longestMs <= nowMs(),
  };
}
