import { planName, planWith } from '../features/review-hall.ts';
import type { Teller } from './teller.ts';

/** 开好一小场 — one presenter, three voters of a class; up to where the voting may be opened. */
export async function openSmallHall(it: Teller): Promise<void> {
  await it.sendsFile('沈澄', planName, await planWith({ units: 1, perClass: 3 }));
  await it.presses('沈澄', 'review.confirm-plan');
  await it.presses('沈澄', 'review.lock-roll');
  for (const [name, number] of [
    ['罗静', '371920'],
    ['白露', '084415'],
    ['石磊', '559003'],
  ] as const)
    await it.presses(name, 'review.give-number', { number });
  await it.presses('沈澄', 'review.open-sign-in');
  const voters = await it.world.sql<{ name: string }>(`SELECT name FROM "ReviewVoter" WHERE channel = 'card' ORDER BY position`);
  for (const { name } of voters) await it.presses(name, 'review.sign-in');
  await it.presses('沈澄', 'review.open-guests');
  await it.presses('沈澄', 'review.sign-in-guests', {});
  await it.presses('沈澄', 'review.start');
  for (const phase of ['report', 'question']) await it.presses('沈澄', 'review.phase', undefined, { phase });
}
