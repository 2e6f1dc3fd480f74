// 独立的复核：只认公布的票面文件和权重，不引用本程序的一行代码。用整数算，不用小数。
// 用法：node recount.mjs 领导=50 两代表一委员=30 群众代表=20 < 测评票面.csv
import { readFileSync } from 'node:fs';

const weights = process.argv.slice(2).map((given) => given.split('='));
const points = { 优秀: 100n, 良好: 80n, 一般: 60n, 较差: 40n };
const units = new Map();
for (const line of readFileSync(0, 'utf8').replace('\ufeff', '').trim().split('\n').slice(1)) {
  const [, , unit, voterClass, grade] = line.trim().split(',');
  const own = units.get(unit) ?? new Map();
  units.set(unit, own);
  if (grade === '') continue;
  const { sum = 0n, count = 0n } = own.get(voterClass) ?? {};
  own.set(voterClass, { sum: sum + points[grade], count: count + 1n });
}
for (const [unit, own] of units) {
  // 通分：Σ 权重×得分 = Σ w·sum·(其余类的票数之积) ÷ (100·全部票数之积)
  const parts = weights.map(([name, weight]) => ({ weight: BigInt(weight), ...own.get(name) }));
  const product = parts.reduce((all, { count }) => all * count, 1n);
  const above = parts.reduce((all, { weight, sum, count }) => all + (weight * sum * product) / count, 0n);
  const hundredths = (2n * above + product) / (2n * product);
  process.stdout.write(`${unit} ${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}\n`);
}
