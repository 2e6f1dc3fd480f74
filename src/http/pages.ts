import { timingSafeEqual } from 'node:crypto';
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
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
    if (!mayRead(context, metricsToken)) {
      context.status = 403;
      return;
    }
    await refreshMetrics();
    context.type = metrics.registry.contentType;
    context.body = await metrics.registry.metrics();
  });
  return router.routes() as unknown as Middleware;
}

const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
/** 本机的反向代理替外面的人来问，也是从本机来的。 */
const forwarding = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'];

/** 指标给谁看 — with a token: whoever has it; without: this machine only, and nobody whom a proxy on it lets in. */
function mayRead(context: Context, token: string | undefined): boolean {
  if (token === undefined) return loopback.has(context.ip) && forwarding.every((name) => context.get(name) === '');
  const given = Buffer.from(context.get('authorization').replace(/^Bearer\s+/i, ''));
  const expected = Buffer.from(token);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
