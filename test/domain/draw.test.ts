import { describe, expect, test } from 'vitest';
import { canonicalList, checkDraw, commitmentOf, openDraw, readObserverNumber } from '#domain/draws/draw';
import { recompute } from '#features/review/draw-client/recompute';
import { fc } from '../fast-check.ts';

const onStage = [
  ['U10', '城市管理和综合执法局'],
  ['U31', '南屿办事处'],
  ['U06', '科技创新和经济服务局'],
  ['U09', '住房和建设局'],
  ['U30', '葵岭办事处'],
  ['U08', '公共事业局'],
  ['U11', '应急管理局'],
  ['U07', '教育和卫生健康局'],
].map(([code = '', name = '']) => ({ code, name }));
const review = { drawId: 'SZ-2026-12-18', secret: '00112233445566778899aabbccddeeff'.repeat(2), items: canonicalList(onStage) };
const challenge = {
  drawId: 'YH-2026-01',
  secret: 'ffeeddccbbaa99887766554433221100'.repeat(2),
  items: Array.from({ length: 12 }, (_, index) => `A${String(index + 1).padStart(2, '0')}`),
};
const codes = (order: readonly string[]): string => order.map((item) => item.split(' ')[0]).join(' ');

describe('可验证的抽签', () => {
  test('述职抽签：指纹、承诺、种子、次序与公布的算法一字不差（向量1）', () => {
    const proof = openDraw(review, ['371920', '084415', '559003']);
    expect(proof).toMatchObject({
      listHash: '7987f32738e74913af3a6d29e781524fba16396076ebf03a0e12e9750f72a5d5',
      commitment: 'a5487072a7d7a5d24f88e24dfade015c1915bad5d9a323480e7597ca069414fc',
      seed: 'a1ff43b967f297917bf48bf2a2f95abeb88bc435c41ad1d1f42c831a51c62e63',
    });
    expect(codes(proof.order)).toBe('U11 U06 U08 U10 U09 U07 U31 U30');
    expect(checkDraw(proof, proof.commitment)).toEqual([]);
  });

  test('网页上重算的是另写的一份，两个向量也一字不差', async () => {
    const first = await recompute({ ...review, inputs: ['371920', '084415', '559003'] });
    expect(first).toEqual(
      ((proof) => ({ listHash: proof.listHash, commitment: proof.commitment, seed: proof.seed, order: proof.order }))(
        openDraw(review, ['371920', '084415', '559003']),
      ),
    );
    expect(codes(first.order)).toBe('U11 U06 U08 U10 U09 U07 U31 U30');
    expect(first.seed).toBe('a1ff43b967f297917bf48bf2a2f95abeb88bc435c41ad1d1f42c831a51c62e63');
    expect(codes((await recompute({ ...challenge, inputs: ['120466', '903317', '447812'] })).order)).toBe(
      'A07 A06 A09 A08 A11 A01 A12 A04 A10 A05 A02 A03',
    );
  });

  test('摇号：十二家（向量2）', () => {
    const proof = openDraw(challenge, ['120466', '903317', '447812']);
    expect(proof.commitment).toBe('3e7ec54ae112a2df3b319df65c43fd7c937509e68c0a83f61b4a7e99f8ed7527');
    expect(codes(proof.order)).toBe('A07 A06 A09 A08 A11 A01 A12 A04 A10 A05 A02 A03');
  });

  test('名单改一个字，承诺就变；单位怎么排，承诺都一样', () => {
    const renamed = canonicalList(onStage.map((unit) => (unit.code === 'U31' ? { ...unit, name: '南屿街道办事处' } : unit)));
    expect(commitmentOf({ ...review, items: renamed })).not.toBe(commitmentOf(review));
    expect(canonicalList([...onStage].reverse())).toEqual(review.items);
  });

  test.each<[string, (proof: ReturnType<typeof openDraw>) => ReturnType<typeof openDraw>, string]>([
    ['换了两家的先后', (proof) => ({ ...proof, order: [...proof.order.slice(1), proof.order[0] ?? ''] }), '次序不符'],
    ['换了取数', (proof) => ({ ...proof, inputs: ['371921', '084415', '559003'] }), '种子不符：取数与公布的不一样'],
    ['换了密数', (proof) => ({ ...proof, secret: 'ab'.repeat(32) }), '承诺不符：名单或密数与事先公布的不一样'],
    ['少了一家', (proof) => ({ ...proof, items: proof.items.slice(1) }), '名单的指纹不符'],
  ])('%s，核对得出来', (_what, change, finding) => {
    const proof = openDraw(review, ['371920', '084415', '559003']);
    expect(checkDraw(change(proof), proof.commitment)).toContain(finding);
  });

  test('事后另编一份自洽的证明，也对不上先前公布的承诺', () => {
    const forged = openDraw({ ...review, secret: 'cd'.repeat(32) }, ['371920', '084415', '559003']);
    expect(checkDraw(forged)).toEqual([]);
    expect(checkDraw(forged, commitmentOf(review))).toContain('承诺不符：名单或密数与事先公布的不一样');
  });

  test('任何名单、任何取数：一家不多、一家不少，人人算得出同一结果；末位监督员改一个数，次序随之而定', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[A-Z]\d{3}$/), { minLength: 1, maxLength: 40 }),
        fc.array(fc.stringMatching(/^\d{6}$/), { minLength: 1, maxLength: 5 }),
        fc.stringMatching(/^[0-9a-f]{64}$/),
        (items, inputs, secret) => {
          const proof = openDraw({ drawId: 'T', secret, items: items.sort() }, inputs);
          expect([...proof.order].sort()).toEqual(items);
          expect(checkDraw(JSON.parse(JSON.stringify(proof)) as typeof proof)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('每一家排在每一位的机会均等', () => {
    const places = new Map<string, number[]>();
    for (let round = 0; round < 3_000; round += 1) {
      const { order } = openDraw({ ...challenge, items: challenge.items.slice(0, 5) }, [String(round).padStart(6, '0')]);
      order.forEach((item, place) => {
        const counts = places.get(item) ?? [0, 0, 0, 0, 0];
        counts[place] = (counts[place] ?? 0) + 1;
        places.set(item, counts);
      });
    }
    // 每格期望600，标准差约22：取五倍。
    for (const counts of places.values()) for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(110);
  });

  test('监督员的数：六位，全角和空格都认，别的不收', () => {
    expect(readObserverNumber(' ０８４ 415 ')).toBe('084415');
    for (const text of ['84415', '0844155', '08441a', '', '-84415']) expect(() => readObserverNumber(text)).toThrow('请填写6位数字');
  });
});
