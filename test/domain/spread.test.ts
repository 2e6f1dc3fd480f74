import { expect, test } from 'vitest';
import { addDays } from '#core/dates';
import { leadersOfField } from '#domain/digests/fields';
import { minutesLate } from '#domain/digests/spread';
import { fc } from '../fast-check.ts';

test('同一处同一天总是同一分钟；从17:40错开，永远碰不到整点和半点，各分钟都用得上', () => {
  const used = new Set<number>();
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 0, max: 3_000 }), (district, days) => {
      const day = addDays('2026-01-01', days);
      const minute = 40 + minutesLate(district, day);
      expect(minutesLate(district, day)).toBe(minute - 40);
      expect(minute).toBeGreaterThanOrEqual(40);
      expect(minute).toBeLessThan(50);
      used.add(minute);
    }),
    { numRuns: 400 },
  );
  expect(used.size).toBe(9);
  expect(new Set(Array.from({ length: 30 }, (_, days) => minutesLate('滨湾新区|district', addDays('2026-09-01', days)))).size).toBeGreaterThan(4);
});

test('一个口有哪些分管领导：群名里写着分管的词；党群口是组织、宣传、统战、纪检；被代理的也算', () => {
  const holders = [
    { name: '王海峰', delegateFor: null, field: '城建' },
    { name: '郑国栋', delegateFor: null, field: '组织' },
    { name: '吴岚', delegateFor: null, field: '统战' },
    { name: '冯立', delegateFor: null, field: '应急' },
    { name: '赵敏之', delegateFor: '陈某', field: '经济、城建' },
    { name: '无名', delegateFor: null, field: null },
  ];
  expect(leadersOfField('城建口', holders)).toEqual(['王海峰', '陈某']);
  expect(leadersOfField('党群口', holders)).toEqual(['郑国栋', '吴岚']);
  expect(leadersOfField('安全应急口', holders)).toEqual(['冯立']);
  expect(leadersOfField('民生口', holders)).toEqual([]);
});
