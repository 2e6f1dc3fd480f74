import { expect } from 'vitest';
import type { Hall } from './hall-model.ts';
import { classes, heads, peopleOf, units } from './hall-people.ts';
import { type Post, readMinutes, readTallySheet, sorted } from './hall-post.ts';
import { validRound } from './hall-rounds.ts';
import type { Standing } from './hall-scores.ts';
import { classWords, type Given, isCovered, type Result, totalWords } from './hall-words.ts';

/** 纪要和计票表：放行到参会者才有，发给场务（计票表也发监督员群），与卡片、票箱一致 */
export async function assertPapers(
  { step, model, results, hash }: Given,
  posts: readonly Post[],
  { standings, rows }: { standings: readonly Standing[]; rows: readonly Record<string, string | undefined>[] },
): Promise<void> {
  const papers = posts.flatMap(({ to, files }) => files.filter(({ name }) => !name.endsWith('.csv')).map((file) => ({ to, ...file })));
  const kinds = sorted(new Set(papers.map(({ to, name }) => `${to} ${name.split('-')[0]}`)));
  const wanted = ['c1', 'c2'].flatMap((who) => [`${who} 述职测评纪要`, `${who} 计票表`]);
  expect({ step, kinds }).toEqual({
    step,
    kinds: model.isReleased('hall') ? sorted([...wanted, 'observers 计票表']) : [],
  });
  const [minutes, sheet] = ['.docx', '.xlsx'].map((end) => papers.findLast(({ to, name }) => to === 'c1' && name.endsWith(end)));
  if (!minutes || !sheet) return;
  const document = readMinutes(minutes.bytes);
  const cells = results.map((result, index) => [...Object.values(rows[index] ?? {}), classWords(result)]);
  expect({ step, rows: document.rows.slice(-results.length) }).toEqual({ step, rows: cells });
  assertAttendance(step, model, document.rows);
  const said = model.slots.flatMap((slot, index) => {
    const round = validRound(slot);
    const add = (key: 'issued' | 'used'): number => (round?.counts ?? []).reduce((all, each) => all + each[key], 0);
    const abstained = results.find(({ unitName }) => unitName === units[index])?.shown.abstained;
    const pieces = `第${round ? slot.rounds.indexOf(round) + 1 : 0}轮测评发出${add('issued')}票，收回${add('used')}票${abstained == null ? '' : `，弃权${abstained}票`}。`;
    const asked = model.questions.of(index).flatMap((each) => (each.asked ? [`${each.voterClass}${each.asker}问：${each.text}`] : []));
    const voided = slot.rounds.flatMap(({ state }, at) => (state === 'voided' ? [`${units[index]}第${at + 1}轮作废：`] : []));
    const absent = slot.state === 'absent';
    const promised = model.promises.of(index).map(({ content }) => content);
    return [absent ? `${units[index]}。${heads[index]}缺席，没有述职，未作测评。` : pieces, ...asked, ...promised, ...voided];
  });
  const waiting = model.questions.all.flatMap(({ asked, text }) => (asked ? [] : [text]));
  expect({
    step,
    missing: [...said, hash].filter((words) => !document.text.includes(words)),
    told: waiting.filter((words) => document.text.includes(words)),
  }).toEqual({ step, missing: [], told: [] });
  expect({ step, sheet: await readTallySheet(sheet.bytes) }).toEqual({
    step,
    sheet: standings.flatMap((each, index) => tallyLines(each, results[index] as Result)),
  });
}

/** 到会：应到是名册上的；实到是来过的，先走的在内，不少于任何一轮的 */
function assertAttendance(step: string, model: Hall, rows: readonly string[][]): void {
  for (const { name, weight, people, letter } of classes) {
    const [, share, entitled, present] = rows.find(([first]) => first === name) ?? [];
    const inRounds = model.slots.flatMap(({ rounds }) =>
      rounds.flatMap(({ counts }) => counts?.find((each) => each.voterClass === name)?.present ?? 0),
    );
    const came = peopleOf(letter).filter((who) => model.present.has(who) || model.left.has(who)).length;
    expect({ step, name, share, entitled, present }).toEqual({
      step,
      name,
      share: `${weight}%`,
      entitled: String(people),
      present: String(Math.max(came, ...inRounds)),
    });
  }
}

/** 计票表的几行：各类一行，合计一行 */
function tallyLines(standing: Standing, { shown, task }: Result): Record<string, unknown>[] {
  const { slot, number, rank, round, score } = standing;
  const head = { ...(rank === null ? {} : { 名次: rank }), 单位: units[slot], 述职人: heads[slot], 轮次: number };
  const counts = round.counts ?? [];
  const pieces = (of: typeof counts) => {
    const add = (key: 'entitled' | 'present' | 'issued' | 'used'): number => of.reduce((all, each) => all + each[key], 0);
    return { 应到: add('entitled'), 实到: add('present'), 发出: add('issued'), 收回: add('used') };
  };
  return [
    ...shown.classes.map((each, index) => ({
      ...{
        ...head,
        类别: each.voterClass,
        '权重（%）': String(classes[index]?.weight),
        ...pieces(counts.filter(({ voterClass }) => voterClass === each.voterClass)),
      },
      ...{
        ...(isCovered(each) ? {} : { 有效: each.valid, 弃权: each.abstained, 无效: 0 }),
        ...Object.fromEntries((each.distribution ?? []).map(({ name, votes }) => [name, votes])),
      },
      得分: each.score ?? each.instead,
    })),
    {
      ...{ ...head, 类别: task ? `合计（测评${task.vote ?? '不公布'}，按时办结${task.onTime}/${task.due}）` : '合计', ...pieces(counts) },
      ...(shown.valid === null ? {} : { 有效: shown.valid, 弃权: shown.abstained, 无效: 0 }),
      得分: totalWords(score),
      ...(shown.excellentRate === null ? {} : { '优秀率（%）': shown.excellentRate }),
    },
  ];
}
