import { expect, test } from 'vitest';
import { allConfirmed } from '#domain/review/counting';
import type { ReviewSession, SessionPlan } from '#domain/review/model';
import { drawNumbers, drawSeats, namesOfSeat, observerName } from '#domain/review/observers';

const change = (seat: number, from: string, to: string) => ({ seat, from, to, askedBy: '沈澄', agreedBy: '周启明' });
const plan = {
  observers: ['谢静怡', '白露', '石磊'],
  observerIds: ['p4', 'p2', 'p3'],
  observerChanges: [change(0, '罗静', '王海峰'), change(0, '王海峰', '谢静怡')],
} as unknown as SessionPlan;

test('换过的一席：前任取过的数还算，照席位的先后；没有取过的，轮到今天的人', () => {
  expect(namesOfSeat(plan, 0)).toEqual(['谢静怡', '罗静', '王海峰']);
  expect(drawSeats(plan, { 白露: '084415', 罗静: '371920' })).toEqual([
    { name: '罗静', number: '371920' },
    { name: '白露', number: '084415' },
    { name: '石磊', number: null },
  ]);
  expect(drawNumbers(plan, { 石磊: '559003', 白露: '084415', 罗静: '371920' })).toEqual(['371920', '084415', '559003']);
  expect(drawSeats(plan, {}).map(({ name }) => name)).toEqual(['谢静怡', '白露', '石磊']);
  expect([observerName(plan, { personId: 'p4', name: '谢静怡' }), observerName(plan, { personId: 'p1', name: '罗静' })]).toEqual(['谢静怡', null]);
});

test('换过的一席：前任确认过票数的不用再确认；都没有确认的，还差一席', () => {
  const confirmed = (...confirmedBy: string[]): boolean => allConfirmed({ plan, confirmedBy } as unknown as ReviewSession);
  expect([confirmed('罗静', '白露', '石磊'), confirmed('谢静怡', '白露', '石磊'), confirmed('白露', '石磊')]).toEqual([true, true, false]);
});
