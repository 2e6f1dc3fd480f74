import { InvalidError } from '#core/errors';

/** 核对权重 — together 100, or none at all. @throws InvalidError that says what they come to */
export function assertWeights(weights: readonly (number | null)[]): void {
  const given = weights.filter((weight) => weight !== null);
  if (given.length === 0) return;
  if (given.length < weights.length) throw new InvalidError(`有${weights.length - given.length}个子任务没有填权重；请全部填写，或全部不填（平均）`);
  const sum = given.reduce((total, weight) => total + weight, 0);
  if (sum !== 100) throw new InvalidError(`各子任务的权重合计应为100，现在是${sum}；也可以全部不填（平均）`);
}
