import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SheetData } from '#core/workbook';
import { digitsOf } from '#domain/roster/read-roster';
import { checkRoster, importRoster } from '#features/roster/import';
import { asSystem } from '../../src/app.ts';
import { readDemoRoster } from '../../src/demo.ts';
import type { TestApp } from '../harness.ts';
import { inDatabase, startWithBooks } from './given-books.ts';

let it: TestApp;
let sheets: readonly SheetData[];
beforeAll(async () => {
  it = await startWithBooks();
  sheets = await readDemoRoster();
}, 120_000);
afterAll(() => it.close());

type Change = (row: readonly (string | null)[]) => readonly (string | null)[];
/** 改了几行的表，再导入 */
const imports = async (change: Change) => {
  sheets = sheets.map((sheet) =>
    sheet.name === '人员' ? { ...sheet, rows: sheet.rows.map((row, index) => (index === 0 ? row : change(row as (string | null)[]))) } : sheet,
  );
  const checked = await checkRoster(it.app.reader, sheets);
  const result = await asSystem(it.app, it.clock.now(), (ctx) => importRoster(ctx, checked));
  await it.settled();
  return result;
};
const rowOf = (name: string): readonly (string | null)[] =>
  (sheets.find((sheet) => sheet.name === '人员')?.rows.find((row) => row[0] === name) ?? []) as (string | null)[];
const withNumber =
  (name: string, mobile: string): Change =>
  (row) =>
    row[0] === name ? [row[0], mobile, ...row.slice(2)] : row;
const personOf = (name: string) => inDatabase(it, (db) => db.person.findMany({ where: { name }, select: { id: true, mobile: true, openId: true } }));
const heldBy = (personId: string) => inDatabase(it, (db) => db.postHolding.count({ where: { personId, toOn: null } }));

test('曾小雨换了手机号，花名册和飞书上都改了：还是他，岗位、账号不变，不当作换了人，列出来请人核对；再导入一次什么也不变', async () => {
  const zeng = it.person('曾小雨');
  const [before] = await personOf('曾小雨');
  it.world.store.changePerson(zeng.person.openId, { mobile: '17799990001' });
  const result = await imports(withNumber('曾小雨', '17799990001'));
  expect(result).toMatchObject({ added: { people: 0, posts: 0 }, changes: [], missing: [], renumbered: [{ name: '曾小雨', to: '0001' }] });
  expect(await personOf('曾小雨')).toEqual([{ ...before, mobile: '17799990001' }]);
  expect(await zeng.clicks('签收')).toMatchObject({ toast: { type: 'success' } });
  expect(await imports((row) => row)).toMatchObject({ renumbered: [], changes: [], takenOver: [] });
});

test('联络员的公用手机交给了接任的人，后面的账号是另一个：原任的签收还是他的，接任的另是一个人，收到等他办的', async () => {
  const mobile = digitsOf(rowOf('曾宏斌')[1] ?? '');
  const [former] = await personOf('曾宏斌');
  // 平台上：号码从原任的账号挪到了新来的人的账号。
  it.world.store.changePerson(it.person('曾宏斌').person.openId, { mobile: '17799990002' });
  const { openId } = it.world.store.addPerson({ name: '路遥远', mobile, unit: '', title: '' });
  const result = await imports((row) => (row[0] === '曾宏斌' ? ['路遥远', ...row.slice(1)] : row));
  expect(result).toMatchObject({
    added: { people: 1, posts: 0 },
    changes: [{ from: '曾宏斌', to: '路遥远' }],
    passedOn: [{ tail: mobile.slice(-4), from: '曾宏斌', to: '路遥远' }],
    missing: ['曾宏斌'],
  });
  const [kept] = await personOf('曾宏斌');
  expect(kept).toMatchObject({ id: former?.id, openId: former?.openId });
  expect(kept?.mobile).not.toBe(mobile);
  const [successor] = await personOf('路遥远');
  expect(successor).toMatchObject({ mobile, openId });
  expect([await heldBy(former?.id ?? ''), await heldBy(successor?.id ?? '')]).toEqual([0, 1]);
  expect(
    it
      .person('路遥远')
      .cards()
      .map((card) => JSON.stringify(card))
      .join(),
  ).toContain('"content":"签收"');
});

test('改了姓名、号码没变：当作同一个人，列出来；换了人的，结果里写着该怎么办', async () => {
  const [before] = await personOf('方伟');
  const result = await imports((row) => (row[0] === '方伟' ? ['方玮', ...row.slice(1)] : row));
  expect(result).toMatchObject({ renamed: [{ from: '方伟', to: '方玮' }], changes: [], added: { people: 0 } });
  expect(await personOf('方玮')).toEqual([before]);
  await imports((row) => (row[0] === '方玮' ? ['方伟', ...row.slice(1)] : row));
});

test('一个号码写着两个姓名：不写入，说出是哪一行、与谁的相同', async () => {
  const mobile = rowOf('梁海生')[1] ?? '';
  await expect(imports(withNumber('方伟', mobile))).rejects.toThrow(
    /没有写入：人员表第\d+行：“?(?:方伟|梁海生)”?的手机号与“?(?:方伟|梁海生)”?的相同/,
  );
});

test('单位表里的分管领导带着职务，认得是谁；人员表里没有的，列出来', async () => {
  sheets = await readDemoRoster();
  const was = sheets;
  const [header = [], first = [], second = []] = sheets.find((sheet) => sheet.name === '单位')?.rows ?? [];
  const column = header.findIndex((title) => String(title).includes('领导'));
  const leader = String(first[column]);
  sheets = sheets.map((sheet) =>
    sheet.name === '单位'
      ? {
          ...sheet,
          rows: sheet.rows.map((row) =>
            row === first ? row.with(column, `${leader}　副主任`) : row === second ? row.with(column, '没这个人') : row,
          ),
        }
      : sheet,
  );
  const result = await imports((row) => row);
  expect(result.leadersUnknown).toEqual([{ unit: second[1], leader: '没这个人' }]);
  expect(await inDatabase(it, (db) => db.unit.findUniqueOrThrow({ where: { code: String(first[0]) } }))).toMatchObject({ leaderName: leader });
  sheets = was;
  expect((await imports((row) => row)).leadersUnknown).toEqual([]);
});
