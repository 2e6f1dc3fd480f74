import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { csvCell } from '#core/csv';
import { ballotsFile } from '#domain/ballots/ballots-file';
import { countFaults, quorumOf } from '#domain/ballots/counts';
import { disclose } from '#domain/ballots/disclose';
import { compare, fraction, readDecimal, twoDecimals } from '#domain/ballots/fraction';
import { type Ballot, defaultGrades, type TallyRules } from '#domain/ballots/model';
import { excellentRate, rank, type SlotTally, scoreBands, tally } from '#domain/ballots/tally';
import { partBallots, whySealed } from '#domain/review/counting';
import type { SessionPlan, SlotResult } from '#domain/review/model';
import { fc } from '../fast-check.ts';

const rules: TallyRules = {
  method: 'grades',
  grades: defaultGrades,
  classes: [
    { name: '领导', weight: '50' },
    { name: '两代表一委员', weight: '30' },
    { name: '群众代表', weight: '20' },
  ],
  trimFrom: 6,
  emptyClass: 'renormalise',
  smallClass: 5,
};
const cast = (voterClass: string, ...votes: readonly (readonly [string | null, number])[]): Ballot[] =>
  votes.flatMap(([choice, times]) => Array.from({ length: times }, () => ({ voterClass, choice })));
const shown = ({ total }: SlotTally): string => (total ? twoDecimals(total) : '无');

const file = readFileSync(new URL('../fixtures/述职测评-票面.csv', import.meta.url), 'utf8');
const lines = file
  .replace('\ufeff', '')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(','));
const units = [...new Set(lines.map(([, , name = '']) => name))];
const results = rank(
  units.map((unit) => ({
    unit,
    tally: tally(
      rules,
      lines
        .filter(([, , name]) => name === unit)
        .map(([, , , voterClass = '', choice = '']) => ({ voterClass, choice: choice === '' ? null : choice })),
    ),
  })),
);

describe('2026年述职测评的328张票', () => {
  test.each([
    [1, '葵岭办事处', '7/2/0/0 95.56', '9/4/1/0 91.43', '12/5/1/0 92.22', '93.65', '68.29'],
    [2, '应急管理局', '7/2/0/0 95.56', '10/3/1/0 92.86', '10/6/2/0 88.89', '93.41', '65.85'],
    [3, '南屿办事处', '6/3/0/0 93.33', '8/5/1/0 90.00', '11/5/2/0 90.00', '91.67', '60.98'],
    [4, '教育和卫生健康局', '6/3/0/0 93.33', '8/4/2/0 88.57', '9/6/2/0 88.24', '90.89', '57.50'],
    [5, '科技创新和经济服务局', '5/4/0/0 91.11', '7/5/2/0 87.14', '8/7/3/0 85.56', '88.81', '48.78'],
    [6, '住房和建设局', '4/4/1/0 86.67', '5/6/2/1 81.43', '6/7/4/1 80.00', '83.76', '36.59'],
    [7, '城市管理和综合执法局', '3/5/1/0 84.44', '4/6/3/1 78.57', '5/7/4/2 76.67', '81.13', '29.27'],
    [8, '公共事业局', '3/4/2/0 82.22', '4/6/3/1 78.57', '6/6/5/1 78.89', '80.46', '31.71'],
  ])('第%i名 %s', (place, unit, leaders, deputies, people, total, rate) => {
    const result = results[place - 1];
    expect(result).toMatchObject({ unit, rank: place });
    if (!result) return;
    const perClass = result.tally.classes.map(
      ({ distribution, score }) => `${distribution.map(({ votes }) => votes).join('/')} ${score ? twoDecimals(score) : '无'}`,
    );
    expect(perClass).toEqual([leaders, deputies, people]);
    expect(shown(result.tally)).toBe(total);
    expect(twoDecimals(excellentRate(result.tally), true)).toBe(rate);
  });

  test('教育和卫生健康局有效40、弃权1；其余各41', () => {
    for (const { unit, tally: one } of results) {
      const abstained = unit === '教育和卫生健康局' ? 1 : 0;
      expect([one.valid, one.abstained, one.invalid]).toEqual([41 - abstained, abstained, 0]);
    }
  });

  test('票面文件只有单位、类别、等次；按内容排，看不出先后；指纹就是文件的SHA-256', () => {
    const ballots = lines.map(([, unitCode = '', unitName = '', voterClass = '', choice = '']) => ({
      unitCode,
      unitName,
      voterClass,
      choice: choice || null,
    }));
    const { bytes, sha256 } = ballotsFile('SZ-2026-12-18', ballots);
    expect(ballotsFile('SZ-2026-12-18', [...ballots].reverse()).sha256).toBe(sha256);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    const sorted = (text: string): string[] => text.trim().split(/\r?\n/).slice(1).sort();
    expect(sorted(bytes.toString())).toEqual(sorted(file));
  });
});

describe('计票的规则', () => {
  test('群众代表没有人投票：重新归一得91.55并注明；规则是不得公布的，就没有总分；都来投了、都弃权的，没有总分，不然一看就知道各人弃权', () => {
    const education = [...cast('领导', ['优秀', 6], ['良好', 3]), ...cast('两代表一委员', ['优秀', 8], ['良好', 4], ['一般', 2])];
    const result = tally(rules, education);
    expect([shown(result), result.renormalised]).toEqual(['91.55', ['群众代表']]);
    expect(shown(tally({ ...rules, emptyClass: 'block' }, education))).toBe('无');
    expect(shown(tally(rules, []))).toBe('无');
    const silent = tally(rules, [...education, ...cast('群众代表', [null, 18])]);
    expect([shown(silent), silent.renormalised]).toEqual(['无', []]);
    // 看得见的只有收回几票，与票数少的一样：哪一类、为什么，都看不出。
    const few = tally(rules, [
      ...cast('领导', ['优秀', 2], [null, 7]),
      ...cast('两代表一委员', ['良好', 1], [null, 13]),
      ...cast('群众代表', ['优秀', 1], [null, 17]),
    ]);
    expect(disclose(silent, 5)).toEqual(disclose(few, 5));
    expect(disclose(silent, 5)).toMatchObject({ total: null, excellentRate: null, used: 41, valid: null, abstained: null });
  });

  test.each<[string, readonly number[], string, boolean]>([
    ['九个分数去掉一高一低', [96, 95, 94, 93, 92, 92, 90, 88, 79], '92.00', true],
    ['六个也去', [90, 90, 90, 90, 100, 0], '90.00', true],
    ['五个不去', [100, 90, 90, 90, 0], '74.00', false],
  ])('打分：%s', (_what, scores, mean, trimmed) => {
    const numeric: TallyRules = { ...rules, method: 'scores', classes: [{ name: '领导', weight: '100' }] };
    const ballots = scores.map((score) => ({ voterClass: '领导', choice: String(score) }));
    const [only] = tally(numeric, ballots).classes;
    expect([only?.score && twoDecimals(only.score), only?.trimmed]).toEqual([mean, trimmed]);
  });

  test('打分不去高低分时，九个分数是91.00；优秀率按90分以上、不去高低分', () => {
    const numeric: TallyRules = { ...rules, method: 'scores', trimFrom: null, classes: [{ name: '领导', weight: '100' }] };
    const result = tally(
      numeric,
      [96, 95, 94, 93, 92, 92, 90, 88, 79].map((score) => ({ voterClass: '领导', choice: String(score) })),
    );
    expect([shown(result), twoDecimals(excellentRate(result), true)]).toEqual(['91.00', '77.78']);
  });

  test('去高低分至少要三票：规则写得再小，两票也不去', () => {
    const few: TallyRules = { ...rules, method: 'scores', trimFrom: 1, classes: [{ name: '领导', weight: '100' }] };
    const of = (...scores: readonly number[]) => {
      const ballots = scores.map((score) => ({ voterClass: '领导', choice: String(score) }));
      const [only] = tally(few, ballots).classes;
      return [only?.trimmed, only?.score && twoDecimals(only.score)];
    };
    expect(of(80, 91)).toEqual([false, '85.50']);
    expect(of(80, 91, 100)).toEqual([true, '91.00']);
  });

  test('优秀率只数最高一等，别的等次分再高也不算；一张有效票也没有的是零；各类的权重照规则写的', () => {
    const close: TallyRules = {
      ...rules,
      grades: [
        { name: '优秀', points: 98 },
        { name: '良好', points: 92 },
      ],
    };
    const { excellent, classes } = tally(close, cast('领导', ['优秀', 1], ['良好', 2]));
    expect(excellent).toBe(1);
    expect(classes.map(({ weight }) => twoDecimals(weight, true))).toEqual(['50.00', '30.00', '20.00']);
    expect(twoDecimals(excellentRate({ excellent: 0, valid: 0 }))).toBe('0.00');
  });

  test('打分的分布：每个分数恰好落在一段里，边上的分数归它开头的那一段', () => {
    const numeric: TallyRules = { ...rules, method: 'scores', classes: [{ name: '领导', weight: '100' }] };
    const perBand = (...scores: readonly number[]) =>
      tally(
        numeric,
        scores.map((score) => ({ voterClass: '领导', choice: String(score) })),
      ).classes[0]?.distribution.map(({ name, votes }) => `${name}${votes}`);
    expect(perBand(100, 90, 89, 70, 70, 69, 60, 59, 1, 0)).toEqual(['90分以上2', '70—90分3', '60—70分2', '60分以下3']);
    for (const [band, { from }] of scoreBands.entries())
      expect(perBand(from)).toEqual(scoreBands.map(({ name }, index) => `${name}${index === band ? 1 : 0}`));
  });

  test('不在规定等次、分数之内的是无效票；空白是弃权；都不进分母', () => {
    const [leaders] = tally(rules, [...cast('领导', ['优秀', 2], ['特优', 1], [null, 1])]).classes;
    expect(leaders).toMatchObject({ valid: 2, invalid: 1, abstained: 1 });
    const numeric: TallyRules = { ...rules, method: 'scores', classes: [{ name: '领导', weight: '100' }] };
    expect(tally(numeric, cast('领导', ['100', 1], ['0', 1], ['101', 1], ['-1', 1], ['九十', 1])).classes[0]).toMatchObject({ valid: 2, invalid: 3 });
  });

  test('并列：先比优秀率，再比领导类得分，再并列；并列之后跳号（1、1、3）', () => {
    const equal: TallyRules = {
      ...rules,
      classes: [
        { name: '领导', weight: '50' },
        { name: '群众代表', weight: '50' },
      ],
    };
    const slot = (name: string, leaders: readonly (readonly [string, number])[], people: readonly (readonly [string, number])[]) => ({
      name,
      tally: tally(equal, [...cast('领导', ...leaders), ...cast('群众代表', ...people)]),
    });
    const places = (slots: readonly ReturnType<typeof slot>[]) => rank(slots).map(({ name, rank: place }) => `${place}${name}`);
    expect(
      places([
        slot('乙', [['良好', 2]], [['良好', 2]]),
        slot(
          '甲',
          [
            ['优秀', 1],
            ['一般', 1],
          ],
          [['良好', 2]],
        ),
      ]),
    ).toEqual(['1甲', '2乙']);
    expect(places([slot('乙', [['良好', 2]], [['优秀', 2]]), slot('甲', [['优秀', 2]], [['良好', 2]])])).toEqual(['1甲', '2乙']);
    const same = slot('甲', [['优秀', 2]], [['优秀', 2]]);
    expect(places([slot('丙', [['较差', 2]], [['较差', 2]]), same, { ...same, name: '乙' }])).toEqual(['1甲', '1乙', '3丙']);
  });

  test('票数少的一家不排名，也不占别家的名次：列在最后，看不出它比谁高', () => {
    const slot = (name: string, grade: string, votes: number) => ({ name, tally: tally(rules, cast('领导', [grade, votes])) });
    const ranked = rank([slot('甲', '优秀', 4), slot('乙', '良好', 6), slot('丙', '一般', 3), slot('丁', '较差', 6)], rules.smallClass);
    expect(ranked.map(({ name, rank: place }) => `${place ?? '—'}${name}`)).toEqual(['1乙', '2丁', '—甲', '—丙']);
    // 恰好够数的，照排；一张有效票也没有的，怎么都不排。
    expect(rank([slot('甲', '优秀', 5)], 5)[0]?.rank).toBe(1);
    expect(rank([slot('甲', '胡写', 9), slot('乙', '较差', 1)]).map(({ name, rank: place }) => `${place ?? '—'}${name}`)).toEqual(['1乙', '—甲']);
  });

  test('41人到了、应到44：93.18%，达到法定人数；恰好一半不算，一类不足也不算', () => {
    const counts = (list: readonly (readonly [string, number, number])[]) =>
      quorumOf(list.map(([voterClass, entitled, present]) => ({ voterClass, entitled, present })));
    const story = counts([
      ['领导', 9, 9],
      ['两代表一委员', 15, 14],
      ['群众代表', 20, 18],
    ]);
    expect(story).toMatchObject({ entitled: 44, present: 41, reached: true, short: [] });
    expect(twoDecimals(story.rate, true)).toBe('93.18');
    expect(counts([['领导', 10, 5]]).reached).toBe(false);
    expect(
      counts([
        ['领导', 9, 9],
        ['群众代表', 20, 10],
      ]),
    ).toMatchObject({ reached: false, short: ['群众代表'] });
  });

  test('法定人数也可以定为三分之二：恰好三分之二算，少一个不算，总数够一类不够也不算', () => {
    const roll = (present: number, others = 9) => [
      { voterClass: '领导', entitled: 9, present: others },
      { voterClass: '群众代表', entitled: 21, present },
    ];
    expect(quorumOf(roll(14), 'twoThirds').reached).toBe(true);
    expect(quorumOf(roll(13), 'twoThirds')).toMatchObject({ reached: false, short: ['群众代表'] });
    expect(quorumOf(roll(13)).reached).toBe(true);
    expect(quorumOf(roll(21, 5), 'twoThirds')).toMatchObject({ reached: false, short: ['领导'] });
    expect(quorumOf([{ voterClass: '领导', entitled: 0, present: 0 }], 'twoThirds').reached).toBe(false);
  });

  test('收回多于发出，箱里的不等于投过的：说出是哪一类', () => {
    expect(countFaults([{ voterClass: '群众代表', entitled: 20, present: 18, issued: 18, used: 19 }])).toEqual(['群众代表发出18收回19']);
    expect(countFaults([{ voterClass: '群众代表', entitled: 20, present: 18, issued: 18, used: 18 }])).toEqual([]);
    expect(countFaults([{ voterClass: '群众代表', entitled: 20, present: 18, issued: 18, used: 17, marked: 18 }])).toEqual([
      '群众代表记着投过18票，箱里17票',
    ]);
  });
});

/** 另一种算法：先把所有分母通分成一个大整数，不用我们的分数。 */
function totalByHand(of: TallyRules, ballots: readonly Ballot[]): { above: bigint; below: bigint } | null {
  let [above, below, weights] = [0n, 1n, 0n];
  const known = new Map(of.grades.map(({ name, points }) => [name, BigInt(points)]));
  for (const { name, weight } of of.classes) {
    const points = ballots
      .filter(({ voterClass, choice }) => voterClass === name && choice !== null && known.has(choice))
      .map(({ choice }) => known.get(choice ?? '') ?? 0n);
    const whole = BigInt(Math.round(Number(weight) * 100));
    if (points.length === 0) {
      if (ballots.some(({ voterClass }) => voterClass === name)) return null;
      if (whole > 0n && of.emptyClass === 'block') return null;
      continue;
    }
    const count = BigInt(points.length);
    above = above * count + whole * points.reduce((all, one) => all + one, 0n) * below;
    below *= count;
    weights += whole;
  }
  return weights === 0n ? null : { above, below: below * weights };
}

/** 照 RFC 4180 读回来，与写的程序无关 */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\n') rows.push([]);
    if (end === '') break;
  }
  return rows.filter((cells) => cells.length > 1);
}

const anyRules = fc.record({
  weights: fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 5 }),
  emptyClass: fc.constantFrom<TallyRules['emptyClass']>('block', 'renormalise'),
});
const anyBallot = fc.record({ seat: fc.nat({ max: 6 }), choice: fc.constantFrom('优秀', '良好', '一般', '较差', '胡写', null) });

describe('任何选民、任何票', () => {
  test('总分与通分的大整数算法完全相等，与票的先后无关；每张票不多不少', () => {
    fc.assert(
      fc.property(anyRules, fc.array(anyBallot, { maxLength: 120 }), ({ weights, emptyClass }, cards) => {
        const of: TallyRules = {
          ...rules,
          emptyClass,
          classes: weights.map((weight, index) => ({ name: `类${index}`, weight: (weight / 100).toFixed(2) })),
        };
        const ballots = cards.map(({ seat, choice }) => ({ voterClass: `类${seat}`, choice }));
        const result = tally(of, ballots);
        const expected = totalByHand(of, ballots);
        expect(result.total === null).toBe(expected === null);
        if (result.total && expected) expect(compare(result.total, fraction(expected.above, expected.below))).toBe(0);
        expect(tally(of, [...ballots].reverse())).toEqual(result);
        const counted = ballots.filter(({ voterClass }) => of.classes.some(({ name }) => name === voterClass)).length;
        expect(result.valid + result.abstained + result.invalid).toBe(counted);
      }),
      { numRuns: 300 },
    );
  });

  test('票数：箱里的等于投过的，收回不多于发出、发出不多于实到、实到不多于应到，全对才不作声，哪里不对说哪里', () => {
    const count = fc.nat({ max: 30 });
    fc.assert(
      fc.property(fc.array(fc.record({ entitled: count, present: count, issued: count, used: count, marked: count }), { maxLength: 5 }), (list) => {
        const classes = list.map((each, index) => ({ voterClass: `类${index}`, ...each }));
        const faults = countFaults(classes);
        const good = classes.every(
          ({ entitled, present, issued, used, marked }) => used === marked && used <= issued && issued <= present && present <= entitled,
        );
        expect(faults.length === 0).toBe(good);
        for (const { voterClass, issued, used, marked } of classes) {
          expect(faults.includes(`${voterClass}发出${issued}收回${used}`)).toBe(used > issued);
          expect(faults.includes(`${voterClass}记着投过${marked}票，箱里${used}票`)).toBe(used <= issued && used !== marked);
        }
      }),
    );
  });

  test('只凭导出的票面文件，每一家、每一类都重算得出，与公布的分毫不差；哪怕单位、类别、等次里有逗号和引号', () => {
    const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/[\r\n]|^'/.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), fc.array(anyBallot, { maxLength: 60 }), (names, cards) => {
        const of: TallyRules = { ...rules, classes: names.map((each) => ({ name: each, weight: '25' })) };
        const boxes = ['甲', '乙,"局"'].map((unitName, at) => ({
          unitName,
          ballots: cards.filter((_, index) => index % 2 === at).map(({ seat, choice }) => ({ voterClass: names[seat % names.length] ?? '', choice })),
        }));
        const lines = boxes.flatMap(({ unitName, ballots }) => ballots.map((ballot) => ({ unitCode: 'U', unitName, ...ballot })));
        const [, ...read] = readCsv(ballotsFile('场', lines).bytes.toString().replace('\ufeff', ''));
        for (const { unitName, ballots } of boxes) {
          // 会被当作公式的开头加了一个撇号，读的时候去掉。
          const plain = (cell = ''): string =>
            cell.startsWith("'") && csvCell(cell.slice(1)).replace(/^"/, '').startsWith("'") ? cell.slice(1) : cell;
          const own = read.filter((cells) => cells[2] === unitName).map((cells) => ({ voterClass: plain(cells[3]), choice: cells[4] || null }));
          expect(tally(of, own)).toEqual(tally(of, ballots));
        }
      }),
    );
  });

  test('名次：比他强的有几家，他就在其后一位，一样的同一位；照任何先后给来都一样', () => {
    const of: TallyRules = { ...rules, classes: ['类0', '类1'].map((name) => ({ name, weight: '50' })) };
    const box = fc.array(fc.record({ seat: fc.nat({ max: 1 }), choice: fc.constantFrom('优秀', '良好', null) }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 6 }), fc.nat({ max: 3 }), (boxes, fewest) => {
        const slots = boxes.map((cards, unit) => ({
          unit,
          tally: tally(
            of,
            cards.map(({ seat, choice }) => ({ voterClass: `类${seat}`, choice })),
          ),
        }));
        const stands = ({ tally: { total, valid } }: (typeof slots)[number]): boolean => total !== null && valid >= fewest;
        // 只有优秀、良好两档：先比总分，再比优秀的份额，再比第一类的得分。
        const keys = ({ tally: one }: (typeof slots)[number]): number[] => {
          const value = (part: { numerator: bigint; denominator: bigint } | null | undefined): number =>
            part ? Number((part.numerator * 1_000_000_007n) / part.denominator) : 0;
          return [value(one.total), value(excellentRate(one)), value(one.classes[0]?.score)];
        };
        const beats = (left: (typeof slots)[number], right: (typeof slots)[number]): boolean => {
          const [mine, theirs] = [keys(left), keys(right)];
          const at = mine.findIndex((one, index) => one !== theirs[index]);
          return at >= 0 && (mine[at] ?? 0) > (theirs[at] ?? 0);
        };
        const expected = (slot: (typeof slots)[number]): number | null =>
          stands(slot) ? 1 + slots.filter((other) => stands(other) && beats(other, slot)).length : null;
        for (const given of [slots, [...slots].reverse()]) {
          const ranked = rank(given, fewest);
          expect(ranked.map(({ rank: place }) => place)).toEqual(ranked.map(expected));
          const places = ranked.map(({ rank: place }) => place ?? Number.POSITIVE_INFINITY);
          expect(places).toEqual([...places].sort((left, right) => left - right));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('两位小数是四舍五入；读小数不失一位', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.bigInt({ min: 1n, max: 10n ** 9n }), (above, below) => {
        const hundredths = BigInt(twoDecimals(fraction(above, below)).replace('.', ''));
        // |显示 − 实际| ≤ 半分，而且恰好半分时向上
        const twice = 2n * (hundredths * below - 100n * above);
        expect(twice <= below && twice > -below).toBe(true);
      }),
    );
    expect(twoDecimals(fraction(5, 1000))).toBe('0.01');
    expect(compare(readDecimal('12.5') ?? fraction(0), fraction(25, 2))).toBe(0);
    for (const text of ['-1', '1e3', '', '百']) expect(readDecimal(text)).toBeNull();
  });

  test('公布的内容：人少的类别不露分数和分布，也不能由总分减其余各类推出来', () => {
    fc.assert(
      fc.property(fc.array(anyBallot, { maxLength: 60 }), (cards) => {
        const of: TallyRules = { ...rules, classes: ['类0', '类1', '类2'].map((name) => ({ name, weight: '30' })) };
        const slot = tally(
          of,
          cards.map(({ seat, choice }) => ({ voterClass: `类${seat % 3}`, choice })),
        );
        const open = disclose(slot, 5);
        const hidden = slot.classes.filter((own, at) => open.classes[at]?.score === null && own.valid > 0);
        for (const [at, each] of open.classes.entries()) {
          const own = slot.classes[at] as (typeof slot.classes)[number];
          const { valid } = own;
          const isAlike = valid > 1 && own.distribution.some(({ votes }) => votes === valid);
          const counts = [each.valid, each.abstained, each.invalid];
          if ((own.abstained + own.invalid > 0 && valid === 0) || (valid > 0 && valid < 5) || isAlike)
            expect([each.score, each.distribution, ...counts]).toEqual([null, null, null, null, null]);
          // 得分、分布、弃权一起遮，一起露。
          else if (each.distribution === null && valid > 0) expect(counts).toEqual([null, null, null]);
          else expect(counts).toEqual([valid, own.abstained, own.invalid]);
        }
        if (open.total !== null && hidden.length > 0) {
          // 只盖一类，用总分一减就出来了：要么盖住两类、合计不少于5票，要么别的类别本来就没有票。
          const others = slot.classes.filter(({ valid }) => valid > 0).length - hidden.length;
          const covered = hidden.reduce((all, { valid }) => all + valid, 0);
          expect(others === 0 || (hidden.length >= 2 && covered >= 5)).toBe(true);
        }
        const isSilent = slot.classes.some(({ valid, abstained, invalid }) => valid === 0 && abstained + invalid > 0);
        if (slot.valid < 5 || isSilent)
          expect([open.total, open.excellentRate, open.excellent, open.valid, open.abstained, open.invalid]).toEqual(Array(6).fill(null));
        else {
          expect([open.valid, open.abstained, open.invalid]).toEqual([slot.valid, slot.abstained, slot.invalid]);
          // 不该遮的不遮：没有要遮的类别，一类也不遮；遮得住了，不再多遮一类。
          expect([open.total === null, open.excellentRate === null]).toEqual([slot.total === null, false]);
          const forced = slot.classes.filter(
            ({ valid, distribution }) => valid > 0 && (valid < 5 || distribution.some(({ votes }) => votes === valid)),
          );
          const extra = hidden.filter(({ voterClass }) => !forced.some((each) => each.voterClass === voterClass));
          if (forced.length === 0) expect(hidden).toEqual([]);
          const sum = (list: readonly { readonly valid: number }[]): number => list.reduce((all, { valid }) => all + valid, 0);
          for (const one of extra) {
            const without = hidden.filter((each) => each !== one);
            const shownOnes = slot.classes.filter((_own, at) => open.classes[at]?.score !== null);
            expect(without.length < 2 || sum(without) < 5 || shownOnes.every(({ valid }) => valid >= one.valid)).toBe(true);
            for (const { valid } of shownOnes) expect(valid).toBeGreaterThanOrEqual(one.valid);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('卡片上遮住的，票面文件里也没有：列出的几类，票与公布的分布一样多；封存的几类，一张也没有，只有指纹，把各种投法全试一遍也对不上', () => {
    const of: TallyRules = { ...rules, classes: ['类0', '类1', '类2'].map((name) => ({ name, weight: '30' })) };
    // 按类定下各投几张：人少的、全都一样的、多半弃权的，都常有。
    const votes = fc.tuple(fc.nat({ max: 12 }), fc.constantFrom(0, 0, 3, 8), fc.nat({ max: 4 }));
    const box = fc
      .tuple(votes, votes, votes)
      .map((classes) => classes.flatMap(([best, good, none], seat) => cast(`类${seat}`, ['优秀', best], ['良好', good], [null, none])));
    let [open, sealed] = [0, 0];
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 2 }), (boxes) => {
        const lines = boxes.flatMap((cards, unit) => cards.map((ballot) => ({ unitCode: `U${unit}`, unitName: `单位${unit}`, ...ballot })));
        const tallies = boxes.map((_, unit) =>
          tally(
            of,
            lines.filter(({ unitCode }) => unitCode === `U${unit}`),
          ),
        );
        const results = tallies.map((slot, unit) => ({ unitCode: `U${unit}`, shown: disclose(slot, of.smallClass) }) as SlotResult);
        const why = whySealed({ results, plan: { rules: of } as SessionPlan });
        const parts = partBallots(results, lines);
        expect([why === null, parts.open.length + parts.sealed.length]).toEqual([parts.sealed.length === 0, lines.length]);
        if (why)
          for (const { valid, voterClass } of tallies.flatMap(({ classes }) => classes))
            if (valid > 0 && valid < of.smallClass) expect(why.small).toContain(voterClass);
        const file = ballotsFile('场', parts.open, why && { salt: '7d3f', ballots: parts.sealed });
        const [, ...read] = readCsv(file.bytes.toString());
        expect(read.filter(([first]) => first === '封存').map(([, print]) => print)).toEqual(
          why ? [createHash('sha256').update(file.kept).digest('hex')] : [],
        );
        for (const [unit, { shown: card }] of results.entries())
          for (const { voterClass, distribution } of card.classes) {
            const own = read.filter(
              (cells) => cells[1] === `U${unit}` && cells[3] === voterClass && defaultGrades.some(({ name }) => name === cells[4]),
            );
            const counted = defaultGrades.map(({ name }) => ({ name, votes: own.filter((cells) => cells[4] === name).length }));
            if (distribution) open += 1;
            else sealed += 1;
            expect([voterClass, distribution ? counted : own]).toEqual([voterClass, distribution ?? []]);
          }
      }),
      { numRuns: 300 },
    );
    // 两种都试到了，不然说明不了什么。
    expect(Math.min(open, sealed)).toBeGreaterThan(10);
    const three = cast('群众代表', ['优秀', 2], ['一般', 1]).map((ballot) => ({ unitCode: 'U', unitName: '局', ...ballot }));
    const tried = ['优秀', '良好', '一般', '较差'].flatMap((a, _, all) => all.flatMap((b) => all.map((c) => [a, b, c])));
    const guesses = tried.map(
      (votes) =>
        ballotsFile(
          '场',
          votes.map((choice) => ({ unitCode: 'U', unitName: '局', voterClass: '群众代表', choice })),
        ).sha256,
    );
    expect(guesses).toContain(ballotsFile('场', three).sha256);
    const [, print] = readCsv(ballotsFile('场', [], { salt: '7d3f', ballots: three }).bytes.toString()).at(-1) ?? [];
    const bare = tried.map((votes) =>
      createHash('sha256')
        .update(
          `${votes
            .map((choice) => `场,U,局,群众代表,${choice}\n`)
            .sort()
            .join('')}`,
        )
        .digest('hex'),
    );
    expect([print?.length, [...guesses, ...bare].includes(print ?? '')]).toEqual([64, false]);
  });

  test('三位群众代表的试测：这一类只有票数；一致的一类只有分数段', () => {
    const small = disclose(
      tally(rules, [...cast('领导', ['优秀', 6], ['良好', 3]), ...cast('两代表一委员', ['良好', 9], ['优秀', 5]), ...cast('群众代表', ['优秀', 3])]),
      5,
    );
    expect(small.classes.map(({ score, instead }) => score ?? instead)).toEqual(['90分以上', '87.14', '票数少，不单列']);
    // 恰好五票的一类照列；四票的一类和最小的另一类不列；没有票的一类说没有票。
    const five = disclose(tally(rules, [...cast('领导', ['优秀', 3], ['良好', 2]), ...cast('两代表一委员', ['良好', 4], ['优秀', 1])]), 5);
    expect(five.classes.map(({ score, instead }) => score ?? instead)).toEqual(['92.00', '84.00', '没有有效票']);
    expect([five.total, five.excellent]).toEqual(['89.00', 4]);
    const four = disclose(
      tally(rules, [
        ...cast('领导', ['优秀', 3], ['良好', 1]),
        ...cast('两代表一委员', ['良好', 9], ['优秀', 1]),
        ...cast('群众代表', ['优秀', 5], ['一般', 1]),
      ]),
      5,
    );
    expect(four.classes.map(({ score, instead }) => score ?? instead)).toEqual(['票数少，不单列', '82.00', '90分以上']);
    // 总共四票：总分、分布都不列；恰好五票：列总分。
    expect(disclose(tally(rules, cast('领导', ['优秀', 3], ['良好', 1])), 5)).toMatchObject({ total: null, excellent: null, excellentRate: null });
    expect(disclose(tally(rules, cast('领导', ['优秀', 4], ['良好', 1])), 5)).toMatchObject({ total: '96.00', excellent: 4 });
    const alike = disclose(
      tally(rules, [...cast('领导', ['优秀', 9]), ...cast('两代表一委员', ['优秀', 5], ['良好', 9]), ...cast('群众代表', ['优秀', 8], ['一般', 10])]),
      5,
    );
    expect(alike.classes.map(({ score, instead }) => score ?? instead)).toEqual(['90分以上', '70—90分', '77.78']);
  });
});
