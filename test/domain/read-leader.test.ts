import { describe, expect, test } from 'vitest';
import type { Calendar } from '#domain/calendar/working-days';
import { plainName } from '#domain/roster/model';
import { checkTasks, type RosterView } from '#domain/workbook-import/check-tasks';

const calendar: Calendar = { exceptions: new Map(), knownYears: new Set([2026]) };
const unit = { code: 'U09', name: '住房和建设局', shortName: '住建局', aliases: [], kind: '', leaderName: '王海峰', chatName: null };
const leaderOf = (name: string, index: number, role = 'leaderInCharge') => ({
  ...{ name, mobile: `1990000000${index}` },
  posts: [{ postId: `p${index}`, unitCode: null, role }],
});
const roster: RosterView = {
  units: [unit],
  people: [
    leaderOf('王海峰', 1),
    leaderOf('王海', 2),
    leaderOf('买买提·艾力', 3),
    leaderOf('李明', 4, 'principalLeader'),
    leaderOf('张强', 5, 'voter'),
  ],
};

/** 分管领导一格写成这样：记下的是谁，认作什么、提醒什么 */
function read(written: string, people = roster.people) {
  const rows = [
    ['序号', '任务名称', '牵头单位', '分管领导', '完成时限', '反馈周期'],
    ['管-001', '修路', '住建局', written, '2026-09-30', '每月'],
  ];
  const {
    rows: items,
    errors,
    warnings,
    assumed,
  } = checkTasks([{ name: '管委会', rows }], { roster: { ...roster, people }, calendar, baseYear: 2026, today: '2026-05-28', taken: [] });
  expect(errors).toEqual([]);
  const said = [...assumed, ...warnings].filter(({ rule }) => rule.startsWith('分管领导')).map(({ message }) => message);
  return [items[0]?.leaderInCharge, ...said];
}

describe('分管领导一格', () => {
  test.each([
    ['王海峰', ['王海峰']],
    ['', ['王海峰']],
    ['王　海　峰', ['王海峰']],
    [' 李 明 ', ['李明']],
    ['王海峰副主任', ['王海峰', '王海峰副主任→王海峰']],
    ['王海峰（管委会副主任）', ['王海峰', '王海峰（管委会副主任）→王海峰']],
    ['管委会副主任 王海', ['王海', '管委会副主任 王海→王海']],
    ['王海书记', ['王海', '王海书记→王海']],
    ['买买提•艾力', ['买买提·艾力']],
    ['王海、李明', ['王海', '王海、李明→王海（写了2位，记第一位）']],
  ])('“%s”', (written, expected) => {
    const [name, ...said] = read(written);
    expect([name, ...said.map((words) => words?.replaceAll(' ', ''))]).toEqual(
      expected.map((words, index) => (index === 0 ? words : words.replaceAll(' ', ''))),
    );
  });

  test.each(['王峰', '王海峰力', '张强'])('花名册的新区领导里没有“%s”：照写的记，提醒，不拦', (written) => {
    expect(read(written)).toEqual([written, expect.stringContaining('花名册的新区领导里没有')]);
  });

  test('花名册里一位领导也没有：照写的记，不提醒', () => {
    expect(read('王峰', [leaderOf('张强', 5, 'voter')])).toEqual(['王峰']);
  });
});

test.each([
  ['李　明', '李明'],
  ['李 明\u200b', '李明'],
  ['阿卜杜・热合曼', '阿卜杜·热合曼'],
  ['John  Smith', 'John Smith'],
  ['ＪＯＨＮ', 'JOHN'],
])('姓名“%s”照规矩写是“%s”', (written, plain) => {
  expect(plainName(written)).toBe(plain);
});
