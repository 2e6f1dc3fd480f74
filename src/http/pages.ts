import { timingSafeEqual } from 'node:crypto';
import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { Metrics } from '#runtime/metrics';
import type { ReadinessState } from '#runtime/readiness';

export interface PagesParts {
  readonly metrics: Metrics;
  readonly metricsToken: string | undefined;
  readonly refreshMetrics: () => Promise<void>;
  readonly readiness: () => Promise<ReadinessState>;
}

/** 运维页面 — `/healthz` the process lives, `/readyz` it can work, `/metrics` how it does. */
export function createPages({ metrics, metricsToken, refreshMetrics, readiness }: PagesParts): Middleware {
  const router = new Router();
  router.get('/healthz', (context) => {
    context.body = { status: 'ok' };
  });
  router.get('/readyz', async (context) => {
    const { ready, checks } = await readiness();
    context.status = ready ? 200 : 503;
    context.body = { status: ready ? 'ready' : 'not ready', checks };
  });
  router.get('/metrics', async (context) => {
    if (!mayRead(context.ip, context.get('authorization'), metricsToken)) {
      context.status = 403;
      return;
    }
    await refreshMetrics();
    context.type = metrics.registry.contentType;
    context.body = await metrics.registry.metrics();
  });
  return router.routes() as unknown as Middleware;
}

/** 指标给谁看 — with a token: whoever has it; without: this machine only. */
function mayRead(ip: string, authorization: string, token: string | undefined): boolean {
  if (token === undefined) return ip === '127.0.0.1' || ip === '::1' || ip === '::ffff:127.0.0.1';
  const given = Buffer.from(authorization.replace(/^Bearer\s+/i, ''));
  const expected = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
