import { expect } from 'vitest';
import type { Hall } from './hall-model.ts';
import { bells, cardVoters, heads, units } from './hall-people.ts';
import { sorted, tableIn, wordsOf } from './hall-post.ts';
import type { Front, RealHall } from './hall-real.ts';
import { type Slot, validRound } from './hall-rounds.ts';
import { scoreOf } from './hall-scores.ts';

/** 主持台上各家的进展怎样写 */
const progress: Readonly<Record<Slot['state'], string>> = {
  ...{ waiting: '待述', reporting: '述职中', questioning: '问答', heard: '待测评', voting: '测评开放', voted: '测评关闭', absent: '缺席' },
};

interface Look {
  readonly step: string;
  readonly model: Hall;
  readonly hall: RealHall;
}

/** 主持台和钟：各家的进展和票数、到几点、还剩多少，与模型一字不差；往前的一步总在；到了点的，述职人、被催的人各收到一句 */
export function assertDesk({ step, model, hall }: Look, { desk, screen }: Front): void {
  const card = (JSON.parse(desk) as { card?: unknown }).card;
  const words = wordsOf(card);
  const slot = model.phase === 'inSession' ? model.slots[model.current] : undefined;
  const rows = tableIn(card, 'result')?.map(({ unit, state, result }) => [unit, state, result]);
  const until = words.match(/到(\d\d:\d\d:\d\d)/)?.[1];
  const bell = bells.filter(({ words: told }) => words.includes(told)).map(({ words: told }) => told);
  expect({ step, rows, until, bell }).toEqual({
    step,
    rows: model.slots.map((each, index) => [units[index], progress[each.state], piecesOf(model, each, index)]),
    until: slot && slot.until !== null ? hall.clockAt(slot.until) : undefined,
    bell: slot ? bellOf(model, slot) : [],
  });
  const wanted = forward(model, slot);
  const buttons = buttonsIn(card);
  expect({ step, buttons, wanted: wanted === null || buttons.includes(wanted) }).toEqual({ step, buttons, wanted: true });
  if (slot?.until != null) {
    const left = slot.until - model.now;
    const clock = left <= 0 ? '时间到' : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    expect({ step, clock, screen: screen.includes(clock) ? '' : screen }).toEqual({ step, clock, screen: '' });
  }
}

/** 各人收到的话：述职人的提醒、承诺，没投的人的催投；不在这一场的监督员什么也没有收到 */
export function assertWords({ step, model, hall }: Look): void {
  const posts = hall.posts();
  const textTo = (who: string): string => posts.find(({ to }) => to === who)?.text ?? '';
  const told = heads.map((who) => textTo(who).match(/述职提醒：(?:述职|问答)(?:还剩2分钟|还剩30秒|时间到)/g) ?? []);
  const promised = heads.map((who) => sorted([...textTo(who).matchAll(/承诺：(.*?)。已立为诺-\d+/g)].map(([, content = '']) => content)));
  const reminded = cardVoters.map((who) => textTo(who).match(/您还没有(?:投票|领票)，请看上面的测评卡/g)?.length ?? 0);
  expect({ step, told, promised, reminded, stranger: textTo('o3') }).toEqual({
    step,
    told: heads.map((_who, slot) => model.slots[slot]?.told ?? []),
    promised: heads.map((_who, slot) => sorted(model.promises.of(slot).map(({ content }) => content))),
    reminded: cardVoters.map((who) => model.openings.filter((opening) => opening.reminded.has(who)).length),
    stranger: '',
  });
}

/** 票数一列：收回/发出，即时公布的写着总分 */
function piecesOf({ shape }: Hall, slot: Slot, index: number): string {
  const round = validRound(slot);
  if (!round) return '—';
  const add = (key: 'used' | 'issued'): number => (round.counts ?? []).reduce((all, each) => all + each[key], 0);
  const { total } = scoreOf(round, index, shape);
  return `${add('used')}/${add('issued')}${shape.show === 'immediate' && total !== null ? `　${total}` : ''}`;
}

function bellOf({ now }: Hall, { state, until }: Slot): string[] {
  if (until === null || (state !== 'reporting' && state !== 'questioning')) return [];
  return bells
    .filter(({ left }) => until - now <= left)
    .slice(-1)
    .map(({ words }) => words);
}

/** 往前的一步 — null: it is not the secretary's turn. */
function forward(model: Hall, slot: Slot | undefined): string | null {
  const together = model.shape.method === 'together';
  if (slot) {
    const heard = together ? '集中测评' : '开放测评';
    return {
      ...{ waiting: '开始述职', reporting: '开始问答', questioning: together ? '述职完毕' : '开放测评', heard, voting: '关闭测评' },
      ...{ voted: null, absent: null },
    }[slot.state];
  }
  return { drawn: '开始签到', signIn: '开场', inSession: null, voted: '计票', tallied: null, published: '归档', archived: null }[model.phase];
}

function buttonsIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const own =
    (part as { tag?: unknown }).tag === 'button'
      ? [
          wordsOf((part as { text?: unknown }).text)
            .replace('plain_text', '')
            .trim(),
        ]
      : [];
  return [...own, ...Object.values(part).flatMap(buttonsIn)];
}
