import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SheetData } from '#core/workbook';
import { readRoster } from '#domain/roster/read-roster';
import { readWorkbook } from '#runtime/workbook/read-workbook';

const roster = '花名册.xlsx';

/** 一张只有一个人的花名册 */
function withTitle(title: string): SheetData[] {
  return [
    {
      name: '单位',
      rows: [
        ['单位代码', '单位名称'],
        ['U01', '综合办公室'],
      ],
    },
    {
      name: '人员',
      rows: [
        ['姓名', '手机号', '单位代码', '岗位', '角色'],
        ['陈建业', '199-0000-1952', null, title, '新区领导'],
      ],
    },
  ];
}

describe('新区领导里谁是主要领导', () => {
  test('花名册里只有党工委书记和管委会主任；纪检监察工委书记是分管领导', async () => {
    const { posts, problems } = readRoster(await readWorkbook(readFileSync(new URL(`../fixtures/${roster}`, import.meta.url)), roster));
    expect(problems).toEqual([]);
    const named = (role: string): string[] => posts.filter((post) => post.role === role).map(({ name }) => name);
    expect(named('principalLeader')).toEqual(['陈建业', '李文博']);
    expect(named('leaderInCharge')).toEqual(['王海峰', '赵敏之', '孙雅琴', '郑国栋', '钱正', '吴岚', '冯立']);
  });

  test.each([
    ['党工委书记', 'principalLeader'],
    ['党工委副书记、管委会主任', 'principalLeader'],
    ['区委书记', 'principalLeader'],
    ['区委副书记、区长', 'principalLeader'],
    ['党工委副书记', 'leaderInCharge'],
    ['管委会副主任', 'leaderInCharge'],
    ['常务副区长', 'leaderInCharge'],
    ['党工委委员、纪检监察工委书记', 'leaderInCharge'],
    ['区委常委、政法委书记', 'leaderInCharge'],
    ['区委常委、区委办公室主任', 'leaderInCharge'],
  ])('%s', (title, role) => {
    expect(readRoster(withTitle(title)).posts.map((post) => post.role)).toEqual([role]);
  });
});
