import { bind } from '#cards/kit/action';
import { delegateWork, handOver as handOverAction, withdrawDelegation } from '#cards/roster/actions';
import { addDays } from '#core/dates';
import { type Make, nextWorkingDay, pick, players, verdict, whoDoes } from './posts-draw.ts';
import { type Act, type Holding, handOver, holderOf, type Model, mayDo, nominalHolder, type Person, type Post, plannedAfter } from './posts-model.ts';
import { cast, leaders } from './posts-world.ts';

/** 移交过的岗位：移交来的那一段任职，和各次移交的原任 */
const handovers = new WeakMap<Post, { holding: Holding; formers: Set<string> }>();

/** 现任是移交来的，表里写的是曾任的：导入不改 */
function outlives(post: Post, wanted: string, today: string): boolean {
  const handover = handovers.get(post);
  const now = post.holdings.find(({ from, to }) => from <= today && (to === null || to >= today));
  if (!handover || now !== handover.holding) return false;
  return handover.formers.has(wanted) || post.holdings.some((held) => held !== now && held.from <= today && held.person === wanted);
}

/** 表里写的分管领导已经把岗位移交给单位现在的分管领导：旧表不改回；他还分管着别的，照表里的 */
function leaderPassedOn(model: Model, { unit, name }: { unit: string; name: string }): boolean {
  const now = model.fields.get(unit);
  const former = [...model.people.values()].find((person) => person.name === name);
  const leads = [...model.posts.values()].filter(({ role }) => role === 'leaderInCharge' || role === 'principalLeader');
  const holders = leads.map((post) => nominalHolder(post, model.today));
  if (now === undefined || now === name || !former || holders.includes(former.id)) return false;
  return leads.some((post, index) => model.people.get(holders[index] ?? '')?.name === now && outlives(post, former.id, model.today));
}

/** 人和岗位的变动 */
export const rosterSteps: Readonly<Record<string, Make>> = {
  移交: (model, drawn, world) => {
    const post = model.posts.get(pick(world.movable, drawn.which) ?? '');
    const to = pick(
      [...model.people.values()].filter(({ name }) => (cast as readonly string[]).includes(name)),
      drawn.other,
    );
    const person = whoDoes(model, drawn, (id) => mayDo(model, id, 'handOver'));
    if (!post || !to || !person) return null;
    const on = addDays(model.today, drawn.other % 4 === 3 ? 1 + (drawn.who % 4) : 0);
    const former = nominalHolder(post, model.today);
    const planned = plannedAfter(post, model.today);
    const same = planned ? planned.person === to.id && planned.from === on : former === to.id;
    return {
      person,
      button: bind(handOverAction, {}),
      form: { post: `${post.id}:${former ?? ''}`, person: to.id, on },
      expected: verdict(mayDo(model, person.id, 'handOver'), !to.left && to.id !== person.id && !same),
      apply: () => {
        const formers = handovers.get(post)?.formers ?? new Set();
        const before = nominalHolder(post, addDays(on, -1)) ?? former;
        handOver(post, to.id, on);
        const holding = post.holdings.at(-1);
        if (holding) handovers.set(post, { holding, formers: before === null ? formers : formers.add(before) });
      },
    };
  },
  委托: (model, drawn, world) => {
    const principals = [...model.posts.values()].filter(({ role }) => role === 'principalLeader');
    const holders = [...world.movable.map((id) => model.posts.get(id) as Post), ...principals].flatMap((post) => {
      const holder = holderOf(model, post);
      return holder !== null && model.people.has(holder) ? [holder] : [];
    });
    const by = model.people.get(pick(holders, drawn.which) ?? '');
    const to = pick(
      [...model.people.values()].filter(({ name }) => (cast as readonly string[]).includes(name)),
      drawn.other,
    );
    if (!by || !to) return null;
    const act = (id: string): Act => (id === by.id ? 'delegate' : 'delegateForOthers');
    const person = whoDoes(model, drawn, (id) => mayDo(model, id, act(id)));
    if (!person) return null;
    const from = addDays(model.today, [0, 0, 1, 3][drawn.other % 4] ?? 0);
    const until = addDays(from, drawn.who % 5);
    const meets = (other: { from: string; until: string }): boolean => other.from <= until && other.until >= from;
    const delegable = [...model.posts.values()].some(
      ({ role, holdings }) =>
        !['voter', 'observer'].includes(role) &&
        holdings.some((held) => held.person === by.id && held.from <= until && (held.to === null || held.to >= from)),
    );
    const busy = model.delegations.some((other) => (other.by === by.id || other.by === to.id) && meets(other));
    const possible = to.id !== by.id && to.id !== person.id && to.bound && !to.left && delegable && !busy;
    return {
      person,
      button: bind(delegateWork, { personId: by.id }),
      form: { person: to.id, fromOn: from, toOn: until },
      expected: verdict(mayDo(model, person.id, act(person.id)), possible),
      apply: () => model.delegations.push({ id: '', by: by.id, to: to.id, from, until }),
    };
  },
  收回委托: (model, drawn) => {
    const delegation = pick(model.delegations, drawn.which);
    if (!delegation) return null;
    const act = (id: string): Act => (id === delegation.by ? 'delegate' : 'delegateForOthers');
    const person = whoDoes(model, drawn, (id) => mayDo(model, id, act(id)));
    if (!person) return null;
    return {
      person,
      button: bind(withdrawDelegation, { delegationId: delegation.id }),
      expected: verdict(mayDo(model, person.id, act(person.id)), delegation.until >= model.today),
      apply: () => {
        delegation.until = addDays(model.today, -1);
      },
    };
  },
  断开账号: (model, drawn) => {
    const person = pick(
      players(model).filter(({ bound, left, name }) => bound && !left && name !== '江岩'),
      drawn.who,
    );
    return person ? { does: (world) => world.unbinds(person.id), apply: () => (person.bound = false), silent: true } : null;
  },
  离职: (model, drawn) => {
    const person = pick(
      players(model).filter(({ bound, left, name }) => bound && !left && !['江岩', '林晓', '周启明', '李文博'].includes(name)),
      drawn.who,
    );
    // 走一个够了：人走光了，什么也办不成。
    if (!person || drawn.which % 3 > 0 || [...model.people.values()].some(({ left }) => left)) return null;
    return {
      does: async (world) => {
        await world.it.acts.leaves(person.openId ?? '');
        await world.it.settled();
      },
      apply: () => {
        person.left = true;
        person.bound = false;
      },
      silent: false,
    };
  },
  导入花名册: (model, drawn, world) => {
    const singular = world.movable.filter((id) => ['unitHead', 'liaison', 'chiefInspector'].includes(model.posts.get(id)?.role ?? ''));
    const change = pick(singular, drawn.which) ?? '';
    const someone = pick(
      [...model.people.values()].filter(({ name, left }) => (cast as readonly string[]).includes(name) && name !== '江岩' && !left),
      drawn.other,
    );
    const original = [...model.people.values()].find(({ name }) => name === world.originalOf(change));
    const wanted = drawn.right ? someone : original;
    const holders = new Map(
      world.movable.flatMap((id): [string, Person][] => {
        const now = model.people.get(nominalHolder(model.posts.get(id) as never, model.today) ?? '');
        const person = id === change && wanted ? wanted : now;
        return person ? [[id, person]] : [];
      }),
    );
    return {
      does: (real) => real.imports(holders),
      apply: () => {
        for (const [unit, name] of leaders) if (!leaderPassedOn(model, { unit, name })) model.fields.set(unit, name);
        const post = model.posts.get(change);
        if (post && wanted && nominalHolder(post, model.today) !== wanted.id && !outlives(post, wanted.id, model.today))
          handOver(post, wanted.id, model.today);
        const listed = new Set([...holders.values()].map(({ id }) => id));
        const others = [...model.people.values()]
          .filter(({ name }) => ['邓一鸣', '陈程远', '徐立新', '王海峰', '吴岚', '李文博'].includes(name))
          .map(({ id }) => id);
        for (const person of model.people.values())
          if (!person.left && person.openId !== null && (listed.has(person.id) || others.includes(person.id))) person.bound = true;
      },
      // 换上的人没有账号，写在导入的结果里；这里没有人看那张卡片。
      silent: wanted?.bound === false,
    };
  },
  到下一个工作日: (model) => {
    const day = nextWorkingDay(model.today);
    return {
      does: (world) => world.moveTo(day),
      apply: () => {
        model.today = day;
        // 清早按手机号重新匹配账号。
        for (const person of model.people.values()) if (!person.left && person.openId !== null) person.bound = true;
      },
      silent: true,
    };
  },
};
