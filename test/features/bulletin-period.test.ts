import { expect, test } from 'vitest';
import { withTransaction } from '#db/transaction';
import { findBulletin } from '#domain/digests/bulletins/store';
import { inDatabase, startWithBooks } from './given-books.ts';

test('起草那天还没有过完，那天的反馈日不算迟：归下一期，每个反馈日算一次', async () => {
  const it = await startWithBooks();
  const dueIn = async (month: string): Promise<number | undefined> =>
    (await withTransaction(it.app.database, (tx) => findBulletin(tx, { month })))?.figures.feedbackDue;
  const every = (period: string) => inDatabase(it, (db) => db.workItem.count({ where: { feedbackPeriod: period } }));
  const [weekly, monthly, quarterly] = [await every('weekly'), await every('monthly'), await every('quarterly')];
  expect(weekly).toBeGreaterThan(0);
  // 5月29日下达。六月的通报26日早上起草，这天是周五：数得到的周反馈日是6月5日、12日、18日（19日端午）。
  await it.skipTo('2026-06-26 09:45');
  expect(await dueIn('2026-06')).toBe(weekly * 3 + monthly + quarterly);
  // 七月的25日是周六，24日周五反馈，27日起草：6月26日，7月3日、10日、17日、24日。
  await it.skipTo('2026-07-27 09:45');
  expect(await dueIn('2026-07')).toBe(weekly * 5 + monthly);
  await it.close();
});
