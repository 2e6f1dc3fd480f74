import { describe, expect, test } from 'vitest';
import { extensionMachine, pendingStatuses } from '#domain/extensions/model';
import { activeStatuses, draftStatuses, orderMachine, owedStatuses } from '#domain/orders/model';
import { decidableStatuses, haltedStatuses, openStatuses, workItemMachine } from '#domain/work-items/model';

// 状态表有金样看着（machines.golden.md）；旁边的几张清单，由状态表说了算：多一个、少一个，都与表对不上。

type Asks<M extends { readonly states: readonly string[]; can: (state: never, event: never) => boolean }> = (
  can: (event: Parameters<M['can']>[1]) => boolean,
) => boolean;
const statesOf = <M extends { readonly states: readonly string[]; can: (state: never, event: never) => boolean }>(machine: M, asks: Asks<M>) =>
  machine.states.filter((state) => asks((event) => machine.can(state as never, event as never)));

describe('事项', () => {
  const of = (asks: Asks<typeof workItemMachine>) => statesOf(workItemMachine, asks);

  test('在办的：还撤销得了，已经下达，也没有中止', () => {
    expect(new Set(openStatuses)).toEqual(new Set(of((can) => can('cancel') && !can('issue') && !can('resume'))));
  });

  test('停着的：等一个决定才接着办——恢复，或裁定退件', () => {
    expect(new Set(haltedStatuses)).toEqual(new Set(of((can) => can('resume') || can('uphold'))));
  });

  test('还能审签、采纳反馈的：在办而签收过，没有停着', () => {
    const running = of((can) => can('cancel') && !can('issue') && !can('acknowledge') && !can('resume') && !can('uphold'));
    expect(new Set(decidableStatuses)).toEqual(new Set(running));
  });
});

describe('督办令、延期', () => {
  const of = (asks: Asks<typeof orderMachine>) => statesOf(orderMachine, asks);

  test('在督的：取过号，还没有销号；还没签发的：核稿、签发都在后头；两样不相交', () => {
    expect(new Set(activeStatuses)).toEqual(new Set(of((can) => can('close'))));
    expect(new Set(draftStatuses)).toEqual(new Set(of((can) => can('check') || can('sign'))));
    expect(activeStatuses.filter((status) => draftStatuses.includes(status))).toEqual([]);
  });

  test('等单位的：该它签收，或该它回复', () => {
    expect(new Set(owedStatuses)).toEqual(new Set(of((can) => can('acknowledge') || can('reply'))));
  });

  test('延期还没有结果的：还撤得回', () => {
    expect(new Set(pendingStatuses)).toEqual(new Set(statesOf(extensionMachine, (can) => can('withdraw'))));
  });
});
