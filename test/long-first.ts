import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** 费时的，先跑：最后只剩一个长的，别的工人就闲着。 */
const long = [
  'platform/page-browser',
  'faults/crash',
  'features/issue',
  'browser/path',
  'db/migrations',
  'features/reminders',
  'db/embedded',
  'runtime/workbook-hostile',
  'features/review-modes',
  'features/review',
  'faults/every-point',
  'browser/review',
  'simulation/simulation',
  'browser/blind',
  'features/review-model',
  'features/orders',
  'cli/person',
  'features/progress',
  'features/path',
  'faults/attackers',
  'features/digests',
  'runtime/outbox-model',
  'features/roster',
  'runtime/formula-injection',
  'features/review-kill',
  'features/item-model',
  'features/extensions',
].map((name) => `/test/${name}.test.ts`);

/** 先长后短 — the files that take half a minute and more begin first; the order of the others is vitest's own. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = long.findIndex((name) => moduleId.endsWith(name));
      return place < 0 ? long.length : place;
    };
    return sorted.sort((left, right) => rank(left) - rank(right));
  }
}
