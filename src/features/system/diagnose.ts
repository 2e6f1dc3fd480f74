import { z } from 'zod';
import { formatInstant } from '#cards/kit/format';
import { type DiagnosisProps, diagnosisCard } from '#cards/system/diagnosis.card';
import { type Command, command } from '#core/command';
import type { Context } from '#core/context';
import { defineJob } from '#core/job';
import { assertMay, may } from '#domain/roster/policy';

type Results = DiagnosisProps['results'];

/** 诊断 — the same list as `doctor` in the shell; it asks the platform, so the answer comes a moment later. */
export const diagnose: Command = command({
  words: ['诊断', 'doctor'],
  summary: '检查系统各部分是否正常',
  example: '诊断',
  visibleTo: (actor) => may(actor, 'diagnose'),
  handle: (ctx, _argument, { messageId }) => {
    assertMay(ctx.actor, 'diagnose');
    ctx.outbox.job(diagnoseJob, { messageId }, { dedupeKey: `diagnose:${messageId || ctx.now.toISOString()}`, priority: 'interactive' });
    return Promise.resolve({});
  },
});

export const diagnoseJob = defineJob<{ messageId: string }, Results>({
  name: 'system.diagnose',
  payload: z.object({ messageId: z.string() }),
  prepare: async (world) => [...(await world.probe())],
  apply: async (ctx, { messageId }, probed) => {
    const { openId } = ctx.actor;
    if (!openId) return;
    const results = [...(await runChecks(ctx)), ...probed];
    const card = diagnosisCard({ at: formatInstant(ctx.now), results });
    ctx.outbox.sendCard({
      to: { person: openId },
      cardKey: `diagnosis:${openId}`,
      card,
      dedupeKey: `diagnosis:${messageId}:${ctx.now.toISOString()}`,
      priority: 'interactive',
    });
  },
});

/** 逐项检查 — what the features contribute. */
export async function runChecks(ctx: Pick<Context, 'tx' | 'now' | 'contributions'>): Promise<Results> {
  const results: Results[number][] = [];
  for (const check of ctx.contributions.checks) results.push({ name: check.name, ...(await check.run(ctx.tx, ctx.now)) });
  return results;
}
