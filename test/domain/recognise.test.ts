import { describe, expect, test } from 'vitest';
import type { RosterPost } from '#domain/roster/read-roster';
import { recognise } from '#domain/roster/recognise';
import type { RosterSnapshot } from '#domain/roster/roster-tables/store';
import { fc } from '../fast-check.ts';

type Row = readonly [name: string, mobile: string, title?: string, role?: string];
interface Case {
  /** 名册里的：姓名、号码、账号、岗位 */
  readonly known: readonly (readonly [name: string, mobile: string, openId: string | null, title?: string, role?: string])[];
  readonly rows: readonly Row[];
  /** 平台上号码 → 账号 */
  readonly accounts?: Readonly<Record<string, string>>;
}

const postOf = ([name, mobile, title = '科员', role = 'responsiblePerson']: Row): RosterPost => ({
  ...{ name, mobile, title, role: role as RosterPost['role'], unitCode: 'U09', backup: false, field: null, note: null },
});
const before = ({ known }: Case): RosterSnapshot => ({
  units: new Map(),
  people: known.map(([name, mobile, openId], index) => ({ id: `p${index}`, name, mobile, openId, isAdministrator: false })),
  posts: known.map(([name, , , title = '科员', role = 'responsiblePerson'], index) => ({
    ...{ id: `post${index}`, unitCode: 'U09', role, backup: false, title, field: null },
    ...{ personId: `p${index}`, holderName: name, holdingId: `h${index}`, handover: null },
  })),
});
const look = (given: Case) =>
  recognise(given.rows.map(postOf), before(given), new Map(Object.entries(given.accounts ?? {}).map(([mobile, openId]) => [mobile, { openId }])));

/** 谁认成谁：号码 → 原来的人，`新` 是新来的 */
const whoIs = (given: Case) => {
  const { people } = look(given);
  return Object.fromEntries(people.map(({ mobile, id, isNew }) => [mobile, isNew ? '新' : given.known[Number(id.slice(1))]?.[0]]));
};

describe('认人', () => {
  test.each<[string, Case, { who: object; lists?: object }]>([
    ['照旧', { known: [['张三', '111', 'ou_x']], rows: [['张三', '111']], accounts: { '111': 'ou_x' } }, { who: { '111': '张三' } }],
    [
      '换了手机号：平台上新号码后面还是那个账号',
      { known: [['张三', '111', 'ou_x']], rows: [['张三', '222', '另一岗']], accounts: { '222': 'ou_x' } },
      { who: { '222': '张三' }, lists: { renumbered: [{ name: '张三', from: '111', to: '222' }] } },
    ],
    [
      '换了手机号，平台上还没有改：同一岗的同一个姓名',
      { known: [['张三', '111', 'ou_x']], rows: [['张三', '222']] },
      { who: { '222': '张三' }, lists: { renumbered: [{ name: '张三', from: '111', to: '222' }] } },
    ],
    [
      '同名的另一个人，旧号码还在表里：是两个人',
      {
        known: [['张三', '111', null]],
        rows: [
          ['张三', '111'],
          ['张三', '222'],
        ],
      },
      { who: { '111': '张三', '222': '新' } },
    ],
    [
      '同一岗有两个同名的，分不清：当作新来的',
      {
        known: [
          ['张三', '111', null],
          ['张三', '112', null],
        ],
        rows: [['张三', '222']],
      },
      { who: { '222': '新' } },
    ],
    [
      '别的岗位上同名的，没有账号作证：当作新来的',
      { known: [['张三', '111', null, '科长']], rows: [['张三', '222', '科员']] },
      { who: { '222': '新' } },
    ],
    [
      '公用号码换了人：后面的账号是另一个',
      { known: [['张三', '111', 'ou_x']], rows: [['李四', '111']], accounts: { '111': 'ou_y' } },
      { who: { '111': '新' }, lists: { passedOn: [{ tail: '111', from: '张三', to: '李四' }], released: ['p0'] } },
    ],
    [
      '公用号码换了人，没有账号：原来的人在表里另有号码',
      {
        known: [['张三', '111', null]],
        rows: [
          ['李四', '111'],
          ['张三', '222'],
        ],
      },
      {
        who: { '111': '新', '222': '张三' },
        lists: { passedOn: [{ tail: '111', from: '张三', to: '李四' }], renumbered: [{ name: '张三', from: '111', to: '222' }] },
      },
    ],
    [
      '改了姓名：账号没有变',
      { known: [['欧阳珊', '111', 'ou_x']], rows: [['欧阳姗', '111']], accounts: { '111': 'ou_x' } },
      { who: { '111': '欧阳珊' }, lists: { renamed: [{ from: '欧阳珊', to: '欧阳姗' }] } },
    ],
    [
      '两人对换了号码',
      {
        known: [
          ['张三', '111', 'ou_x'],
          ['李四', '222', 'ou_y'],
        ],
        rows: [
          ['张三', '222'],
          ['李四', '111'],
        ],
        accounts: { '111': 'ou_y', '222': 'ou_x' },
      },
      { who: { '111': '李四', '222': '张三' } },
    ],
    [
      '账号归了别人：原来的人腾出来',
      { known: [['张三', '111', 'ou_x']], rows: [['李四', '222']], accounts: { '222': 'ou_x' } },
      { who: { '222': '新' }, lists: { unbound: ['p0'] } },
    ],
  ])('%s', (_title, given, { who, lists = {} }) => {
    expect(whoIs(given)).toEqual(who);
    expect(look(given)).toMatchObject(lists);
  });

  test('任意的表和名册：一个人只认一次，写下去的号码、账号不重，没认出的才是新的', () => {
    const names = fc.constantFrom('张三', '李四', '王五');
    const mobiles = fc.constantFrom('1', '2', '3', '4');
    const accounts = fc.constantFrom('ou_a', 'ou_b', 'ou_c', 'ou_d');
    const known = fc.uniqueArray(fc.tuple(names, mobiles, fc.option(accounts)), { selector: ([, mobile]) => mobile }).map((people) => {
      const seen = new Set<string>();
      return people.map(([name, mobile, openId]) => [name, mobile, openId === null || seen.has(openId) ? null : (seen.add(openId), openId)] as const);
    });
    const rows = fc.uniqueArray(fc.tuple(names, mobiles), { selector: ([, mobile]) => mobile, minLength: 1 });
    const onPlatform = fc
      .shuffledSubarray(['ou_a', 'ou_b', 'ou_c', 'ou_d'])
      .map((all) => Object.fromEntries(all.map((each, index) => [String(index + 1), each])));
    fc.assert(
      fc.property(fc.record({ known, rows, accounts: onPlatform }), (given) => {
        const found = look(given);
        const ids = found.people.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        // 照写入的次序做一遍：腾出来，再写。
        const after = new Map<string, { mobile: string; openId: string | null }>(
          given.known.map(([, mobile, openId], index) => [`p${index}`, { mobile, openId }]),
        );
        for (const id of found.released) after.set(id, { mobile: `former:${id}`, openId: after.get(id)?.openId ?? null });
        for (const id of found.unbound) after.set(id, { mobile: after.get(id)?.mobile ?? '', openId: null });
        for (const { id, mobile, openId } of found.people) after.set(id, { mobile, openId: openId ?? after.get(id)?.openId ?? null });
        const held = [...after.values()];
        expect(new Set(held.map(({ mobile }) => mobile)).size).toBe(held.length);
        const bound = held.flatMap(({ openId }) => openId ?? []);
        expect(new Set(bound).size).toBe(bound.length);
      }),
      { numRuns: 2_000 },
    );
  });
});
