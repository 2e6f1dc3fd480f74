import { describe, expect, test } from 'vitest';
import { role as roleWords } from '#cards/kit/terms';
import { type Actor, type ActorPost, type Role, roles, systemActor } from '#core/context';
import { ForbiddenError } from '#core/errors';
import { assertMay, type Matter, may, type OperationName, policy, signatureOf } from '#domain/roster/policy';

const operations = Object.keys(policy) as OperationName[];

/** 事由：U09 牵头，U22 配合，莫红梅分管，责任岗和联络岗各一 */
const matter: Matter = {
  unitCode: 'U09',
  supportingUnits: ['U22'],
  responsiblePostId: 'post-responsible',
  liaisonPostId: 'post-liaison',
  leaderInCharge: '莫红梅',
};

/** 关系 — how the post stands to the matter. */
const relations = {
  牵头单位: { post: { unitCode: 'U09' } },
  配合单位: { post: { unitCode: 'U22' } },
  其他单位: { post: { unitCode: 'U31' } },
  本人分管: { post: { unitCode: null }, name: '莫红梅' },
  无单位: { post: { unitCode: null } },
  责任岗: { post: { unitCode: 'U31', postId: 'post-responsible' } },
  联络岗: { post: { unitCode: 'U31', postId: 'post-liaison' } },
} as const satisfies Record<string, { post: Partial<ActorPost>; name?: string }>;
type Relation = keyof typeof relations;

function actorIn(role: Role, relation: Relation): Actor {
  const { post, name = '甲' }: { post: Partial<ActorPost>; name?: string } = relations[relation];
  return { kind: 'person', personId: 'p', openId: 'ou_p', name, posts: [{ postId: 'post', unitCode: null, role, title: '', field: null, ...post }] };
}
const delegateOf = (holder: Actor): Actor => ({
  ...holder,
  personId: 'd',
  openId: 'ou_d',
  name: '代办人',
  posts: holder.posts.map((post) => ({ ...post, onBehalfOf: { personId: 'p', name: holder.name } })),
});
const unregistered: Actor = { kind: 'person', personId: null, openId: 'ou_x', name: '未登记人员', posts: [] };
const withoutPost: Actor = { ...unregistered, personId: 'x' };

const all = Object.keys(relations) as Relation[];
const cells = operations.flatMap((operation) => roles.flatMap((role) => all.map((relation) => ({ operation, role, relation }))));

test('权限表：每个角色 × 每项操作 × 与事项的每种关系', async () => {
  const cellOf = (operation: OperationName, role: Role): string => {
    const allowed = all.filter((relation) => may(actorIn(role, relation), operation, matter));
    return allowed.length === all.length ? '✓' : allowed.length === 0 ? '' : allowed.join('、');
  };
  const header = ['操作', ...roles.map((role) => roleWords[role] ?? role)];
  const rows = operations.map((operation) => [`${policy[operation].label} \`${operation}\``, ...roles.map((role) => cellOf(operation, role))]);
  const lines = [header, header.map(() => '---'), ...rows].map((cellsOfRow) => `| ${cellsOfRow.join(' | ')} |`);
  const legend = `权限表（domain B2）。✓ 不论与事项的关系；空格为不可；其余列出可以办的关系。责任岗、联络岗指该岗正是事项所记的岗位，单位不限。\n未登记人员、无现任岗位的人：一律不可。委托期内的代办人与被代的人相同。`;
  await expect(`${legend}\n\n${lines.join('\n')}\n`).toMatchFileSnapshot('policy.golden.md');
});

describe('没写明的一律不可', () => {
  test.each(operations)('%s：未登记的账号、没有现任岗位的人都不可', (operation) => {
    for (const actor of [unregistered, withoutPost]) {
      expect(may(actor, operation, matter)).toBe(false);
      expect(may(actor, operation)).toBe(false);
    }
  });

  test('组长只写自己那一组的月记，测评人只投自己的票：凭的是本人的账号和名册上的本人，不是岗位；没有说是谁的，谁也不行', () => {
    const person = (personId: string, openId: string): Actor => ({ kind: 'person', personId, openId, name: '甲', posts: [] });
    const [own, other] = [person('p1', 'ou_1'), person('p2', 'ou_2')];
    for (const actor of [own, other]) {
      expect(may(actor, 'writeGroupNote', { groupLeader: 'ou_1' }), actor.personId ?? '').toBe(actor === own);
      expect(may(actor, 'castBallot', { voter: 'p1' }), actor.personId ?? '').toBe(actor === own);
      for (const nobody of [{}, { groupLeader: null, voter: null }, { groupLeader: undefined, voter: undefined }] as unknown as Matter[]) {
        expect(may({ ...actor, openId: null }, 'writeGroupNote', nobody)).toBe(false);
        expect(may({ ...actor, personId: null }, 'castBallot', nobody)).toBe(false);
      }
    }
  });

  test('不说明事由，就没有任何靠“本单位”“本事项”得来的权', () => {
    for (const { operation, role, relation } of cells) {
      const actor = actorIn(role, relation);
      if (may(actor, operation)) expect([operation, role, relation, may(actor, operation, matter)]).toEqual([operation, role, relation, true]);
    }
    for (const operation of ['acknowledgeBook', 'reportProgress', 'signOffReport'] as const) {
      expect(cells.some(({ role, relation }) => may(actorIn(role, relation), operation))).toBe(false);
    }
  });

  test('事由里空着的单位、岗位、领导不会与空着的岗位对上', () => {
    const empty: Matter = { unitCode: null, supportingUnits: [], responsiblePostId: null, liaisonPostId: null, leaderInCharge: null };
    for (const { operation, role, relation } of cells) {
      const actor = actorIn(role, relation);
      expect([operation, role, relation, may(actor, operation, empty)]).toEqual([operation, role, relation, may(actor, operation)]);
    }
  });

  test('系统管理员管名册，不看事项、不碰业务', () => {
    const allowed = operations.filter((operation) => may(actorIn('administrator', '无单位'), operation, matter));
    expect(allowed).toEqual([
      'suggest',
      'pauseReminders',
      'importRoster',
      'bindChat',
      'handOverPost',
      'delegate',
      'delegateForOthers',
      'manageCalendar',
      'diagnose',
    ]);
  });

  test('与分管领导同名、但不是分管领导的人，看不到他分管的事项', () => {
    for (const role of roles.filter((role) => !['leaderInCharge', 'principalLeader', 'chiefInspector', 'inspector'].includes(role))) {
      expect([role, may(actorIn(role, '本人分管'), 'readItem', matter)]).toEqual([role, false]);
    }
  });
});

test('委托期内，代办人能办的与被代的人一样多，不多也不少', () => {
  for (const { operation, role, relation } of cells) {
    const holder = actorIn(role, relation);
    expect([operation, role, relation, may(delegateOf(holder), operation, matter)]).toEqual([
      operation,
      role,
      relation,
      may(holder, operation, matter),
    ]);
  }
});

describe('代办的记为“代”', () => {
  test('凭别人的岗位才可以办的，记着代谁；凭自己的岗位就够的，不记', () => {
    for (const { operation, role, relation } of cells) {
      const holder = actorIn(role, relation);
      if (!may(holder, operation, matter)) continue;
      expect(assertMay(holder, operation, matter)).toEqual({});
      expect(assertMay(delegateOf(holder), operation, matter)).toEqual({ onBehalfOf: holder.name });
      const both = { ...delegateOf(holder), posts: [...delegateOf(holder).posts, ...holder.posts] };
      expect(assertMay(both, operation, matter)).toEqual(
        relation === '本人分管' &&
          (operation === 'readItem' || operation === 'approveExtension' || operation === 'readOrder') &&
          role === 'leaderInCharge'
          ? { onBehalfOf: holder.name }
          : {},
      );
    }
  });

  test('代几个人的，记着岗位够得上的那一个', () => {
    const lent = (role: Role, relation: Relation, name: string): ActorPost[] =>
      actorIn(role, relation).posts.map((post) => ({ ...post, onBehalfOf: { personId: name, name } }));
    const actor: Actor = { ...withoutPost, name: '马骁', posts: [...lent('liaison', '其他单位', '乙'), ...lent('liaison', '牵头单位', '丁一凡')] };
    const right = assertMay(actor, 'acknowledgeBook', matter);
    expect(right).toEqual({ onBehalfOf: '丁一凡' });
    expect([signatureOf(actor, right), signatureOf(actor, {})]).toEqual(['马骁（代丁一凡）', '马骁']);
  });
});

test('有几个岗位的人，任一岗位够了就够', () => {
  const two: Actor = {
    ...actorIn('liaison', '其他单位'),
    posts: [...actorIn('liaison', '其他单位').posts, ...actorIn('unitHead', '牵头单位').posts],
  };
  expect(may(two, 'signOffReport', matter)).toBe(true);
  expect(may(actorIn('liaison', '其他单位'), 'signOffReport', matter)).toBe(false);
});

test('系统身份可以办一切（定时与后台办理）', () => {
  for (const operation of operations) expect(may(systemActor, operation)).toBe(true);
});

test('代办人被拒绝：说清代谁办理的岗位上没有这项权，或这件事须本人办理，该找谁', () => {
  const delegate = delegateOf(actorIn('liaison', '牵头单位'));
  const [lender] = delegate.posts.flatMap(({ onBehalfOf }) => onBehalfOf?.name ?? []);
  const refusal = (operation: OperationName): string => {
    try {
      assertMay(delegate, operation, matter);
    } catch (error) {
      if (error instanceof ForbiddenError) return error.publicMessage;
    }
    return '';
  };
  expect(refusal('signOffReport')).toBe(`您无权审签反馈：代${lender}办理的岗位上也没有这项权，请联系本单位主要负责人`);
  expect(refusal('observeReview')).toBe(`您无权取数或核对票数：这件事须本人办理，代${lender}办理的不在内，请联系监督员`);
  expect(refusal('reportProgress')).toBe('');
});

test('被拒绝的人知道为什么、该找谁；日志里有人和操作', () => {
  const refusals = operations.map((operation) => {
    try {
      assertMay(unregistered, operation, matter);
    } catch (error) {
      if (error instanceof ForbiddenError) return error;
      throw error;
    }
    throw new Error(`${operation} was allowed`);
  });
  expect(refusals.map(({ publicMessage }) => publicMessage)).toEqual(
    operations.map((operation) => `您无权${policy[operation].label}，请联系${policy[operation].who}`),
  );
  expect(refusals[0]?.message).toBe('ou_x may not importTasks');
  expect(() => assertMay(actorIn('inspector', '其他单位'), 'importTasks')).not.toThrow();
});
