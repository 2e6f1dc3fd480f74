import { instantAt } from '#core/dates';
import type { Answer, Found, World } from '../simulation/world.ts';

type Form = Readonly<Record<string, unknown>>;

/** 讲故事的人 — what people do, so stubborn that the program may die at any moment: who was told nothing presses again. */
export interface Teller {
  /** @param at `2026-05-29 09:05`, Beijing time; what is due then runs */
  goesTo(at: string): Promise<void>;
  /** The same, but the schedules that the story does not speak of are taken to have run: the digests of a whole district would be told each time. */
  skipsTo(at: string): Promise<void>;
  says(name: string, text: string): Promise<void>;
  sendsFile(name: string, file: string, bytes: Uint8Array): Promise<void>;
  /** Presses until there is an answer; one who pressed in vain and finds it done is content. @param with what the button must carry */
  presses(name: string, action: string, form?: Form, carrying?: Readonly<Record<string, unknown>>): Promise<void>;
  readonly world: World;
}

/** 平台补投的间隔之后再看：15秒、5分钟、1小时 */
const resentAfterMs = [16_000, 301_000, 3_601_000];
/** 故事里说到的定时 */
const told = ['reminders.remind', 'orders.watch'];
const instantOf = (at: string): Date => instantAt(at.slice(0, 10), at.slice(11));
/** 断一次、两次之后，总该有答复了 */
const pressesMax = 6;

/** 请一位讲故事的人 */
export function tellerOf(world: World): Teller {
  const openIdOf = (name: string): string => {
    const person = world.emulator.store.people().find((candidate) => candidate.name === name);
    if (!person) throw new Error(`没有 ${name} 这个人`);
    return person.openId;
  };
  /** 都静下来：没有确认的事件由平台补投，到有回音为止。 */
  const quiet = async (): Promise<void> => {
    await world.settle();
    for (const afterMs of resentAfterMs) {
      if (!world.emulator.store.deliveries().some(({ state }) => state === 'waiting')) return;
      await world.setClock(new Date(world.now().getTime() + afterMs));
      await world.acts.runRetries(world.now());
      await world.reborn();
      await world.settle();
    }
  };
  const goesTo: Teller['goesTo'] = async (at) => {
    await world.setClock(instantOf(at));
    await world.tick();
    await quiet();
  };
  return {
    world,
    goesTo,
    async skipsTo(at) {
      await world.sql(
        `INSERT INTO "ScheduleRun" (name, slot, "ranAt") SELECT DISTINCT name, $1::timestamptz, $1::timestamptz FROM "ScheduleRun" WHERE name <> ALL($2)
         ON CONFLICT DO NOTHING`,
        [instantOf(at), told],
      );
      await goesTo(at);
    },
    async says(name, text) {
      await world.acts.says(openIdOf(name), 'bot', text);
      await world.reborn();
      await quiet();
    },
    async sendsFile(name, file, bytes) {
      await world.acts.sendsFile(openIdOf(name), 'bot', { name: file, bytes });
      await world.reborn();
      await quiet();
    },
    async presses(name, action, form, carrying = {}) {
      const openId = openIdOf(name);
      const carries = (payload: Found['payload']): boolean => Object.entries(carrying).every(([key, value]) => payload[key] === value);
      const first = world.find(openId, action, carries);
      if (!first) throw new Error(`${name}的卡片上没有 ${action}`);
      const same = JSON.stringify(first.payload);
      let found: Found | null = first;
      let answer: Answer | undefined;
      for (let press = 1; found && !answer?.heard; press += 1) {
        if (press > pressesMax) throw new Error(`${name}按了${pressesMax}次 ${action}，都没有答复`);
        answer = await world.press(openId, found, form);
        // 没有听到答复的人，照手上的卡片再按；按钮不在了，就是办成了。
        if (!answer.heard) found = world.find(openId, action, (payload) => JSON.stringify(payload) === same);
        else if (answer.kind !== 'done' && answer.tone !== 'info' && press === 1) throw new Error(`${name} ${action}：${answer.words}`);
      }
      await quiet();
    },
  };
}
