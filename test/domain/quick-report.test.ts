import { expect, test } from 'vitest';
import { readQuickReport } from '#domain/work-items/quick-report';

const metric = (name: string, unit: string) => ({ name, unit, target: 218, baseline: 0, current: 209 });
const one = [metric('签约户数', '户')];
const two = [metric('签约宗数', '宗'), metric('拆除宗数', '宗')];

test.each([
  ['216户', one, { 签约户数: 216 }, null],
  ['216', one, { 签约户数: 216 }, null],
  ['签约户数216户', one, { 签约户数: 216 }, null],
  ['签约户数：２１６户，99%', one, { 签约户数: 216 }, 99],
  ['1,216户', one, { 签约户数: 1216 }, null],
  ['完成99%', one, {}, 99],
  ['80', [], {}, 80],
  ['签约宗数115宗 拆除92', two, { 签约宗数: 115, 拆除宗数: 92 }, null],
])('“%s”读得出', (said, metrics, values, percent) => {
  const read = readQuickReport(metrics, said);
  expect([Object.fromEntries(read.metrics), read.percent, read.unread]).toEqual([values, percent, []]);
});

test('“进展”“困难”“原因”之后的话各归各处', () => {
  const read = readQuickReport(one, '214户 原因：2户重复统计 困难：剩余2户在外地，电话不通 进展：已上门');
  expect(read).toMatchObject({ reason: '2户重复统计', difficulties: '剩余2户在外地，电话不通', content: '已上门', unread: [] });
  expect(read.metrics.get('签约户数')).toBe(214);
});

test.each([
  ['216人', one, '“216人”对不上，本事项的指标是签约户数（户），没有采用。'],
  ['115宗', two, '“115宗”有2个指标都合适，请写明是签约宗数还是拆除宗数，没有采用。'],
  ['216户', [], '“216户”没有对应的量化指标，完成多少请写成“80%”，没有采用。'],
  ['120%', one, '“120%”不是0到100的整数，没有采用。'],
  ['上周', one, '“上周”没听懂，没有采用。'],
])('“%s”不猜，说明为什么', (said, metrics, words) => {
  const read = readQuickReport(metrics, said);
  expect([read.unread, read.metrics.size, read.percent]).toEqual([[words], 0, null]);
});
