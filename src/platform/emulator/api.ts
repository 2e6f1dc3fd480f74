import { assertNever } from '#core/assert';
import { type ApiAnswer, Refusal, refused } from './calls/answer.ts';
import { cardError } from './calls/card-check.ts';
import type { ApiRequest, CallContext, Operation } from './calls/request.ts';
import { checkToken } from './calls/token.ts';
import { coverage } from './coverage.ts';
import type { ApiFault, Faults } from './faults.ts';
import { createRateLimits, type OverLimit, type RateLimits } from './rate-limits.ts';
import { matchPath, matchRoute } from './routes.ts';
import type { EmulatorStore } from './store.ts';

/** 从哪扇门进来 — over HTTP a token is asked for; the adapter inside the process is trusted. */
export type Caller = { readonly door: 'http'; readonly authorization: string | undefined } | { readonly door: 'adapter' };

export interface ApiInput extends Omit<ApiRequest, 'params'> {
  readonly method: string;
  readonly path: string;
}

/** 结果 — an answer with its log id, or silence: the connection was cut, or nothing ever came. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: ApiAnswer; readonly logId: string; readonly atMs: number }
  | { readonly kind: 'cut' | 'timeout'; readonly logId: string };

export interface Api {
  perform(input: ApiInput, caller: Caller): Promise<Outcome>;
}

export interface ApiParts {
  readonly store: EmulatorStore;
  readonly faults: Faults;
  readonly limits?: RateLimits;
  /** how long a slow answer takes, real ms */
  readonly slowMs?: number;
}

/** 平台接口 — one line for both doors: route, token, faults, scope, rate, then the call itself; every call is recorded. */
export function createApi({ store, faults, limits = createRateLimits(store.monotonicMs), slowMs = 2_500 }: ApiParts): Api {
  const context: CallContext = { store, faults, limits };
  const inFlight = new Set<string>();
  return {
    async perform(input, caller) {
      const startedMs = store.monotonicMs();
      const logId = store.mint('').slice(0, 32);
      const call: Handling = { context, input, caller, inFlight, slowMs, fault: null };
      const outcome = await handle(call).catch((error: unknown): ApiAnswer => {
        if (error instanceof Refusal) return refused(error, logId);
        throw error;
      });
      const answer = typeof outcome === 'string' ? null : outcome;
      store.recordCall({
        logId,
        door: caller.door,
        at: store.nowMs(),
        method: input.method,
        path: input.path,
        status: answer?.status ?? null,
        code: answer?.code ?? null,
        message: answer?.msg ?? '',
        tookMs: store.monotonicMs() - startedMs,
        request: summaryOf(input),
        fault: call.fault,
      });
      return typeof outcome === 'string' ? { kind: outcome, logId } : { kind: 'answered', answer: outcome, logId, atMs: store.nowMs() };
    },
  };
}

interface Handling {
  readonly context: CallContext;
  readonly input: ApiInput;
  readonly caller: Caller;
  readonly inFlight: Set<string>;
  readonly slowMs: number;
  fault: ApiFault | null;
}

async function handle(call: Handling): Promise<ApiAnswer | 'cut' | 'timeout'> {
  const { context, input, caller } = call;
  const { store, limits } = context;
  const match = matchRoute(input.method, input.path);
  if (match.kind === 'wrongMethod' && !isListedAsNotEmulated(input)) throw new Refusal(99991301, undefined, { status: 404 });
  if (match.kind !== 'found') {
    store.recordGap(input.method, input.path);
    throw new Refusal(99991201, undefined, { status: 501 });
  }
  const { operation, params } = match;
  if (caller.door === 'http' && !operation.withoutToken) checkToken(context, caller.authorization);
  call.fault = context.faults.takeForCall(operation.name, carriesCard(operation, input.body));
  if (call.fault !== null && call.fault !== 'lost-answer' && call.fault !== 'slow' && call.fault !== 'recalled') return failed(call.fault, store);
  if (call.fault === 'recalled') store.recall(params['message_id'] ?? '');
  checkScope(store, operation);
  const over = limits.take(`api:${operation.name}`, operation.windows);
  if (over) throw rateLimited(store.switches().rateLimitStatus, over);
  const answer = await once(call, () => operation.run(context, { ...input, params }));
  return call.fault === 'lost-answer' ? 'cut' : answer;
}

/** 同一 uuid 正在办时再来一次：平台说「正在发送」。 */
async function once(call: Handling, run: () => ApiAnswer | Promise<ApiAnswer>): Promise<ApiAnswer> {
  const { uuid } = (call.input.body ?? {}) as { uuid?: unknown };
  if (typeof uuid === 'string' && call.inFlight.has(uuid)) throw new Refusal(230049);
  if (typeof uuid === 'string') call.inFlight.add(uuid);
  try {
    if (call.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, call.slowMs));
    return await run();
  } finally {
    if (typeof uuid === 'string') call.inFlight.delete(uuid);
  }
}

function failed(fault: Exclude<ApiFault, 'lost-answer' | 'slow' | 'recalled'>, store: EmulatorStore): ApiAnswer | 'timeout' {
  switch (fault) {
    case 'timeout':
      return 'timeout';
    case 'rate-limited':
      throw rateLimited(429, { limit: 50, resetSeconds: 1 });
    case 'rate-limited-400':
      throw rateLimited(400, { limit: 50, resetSeconds: 1 });
    case 'server-error':
      return {
        status: 503,
        code: 0,
        msg: '',
        body: '<html><body>503 Service Temporarily Unavailable</body></html>',
        headers: { 'content-type': 'text/html' },
      };
    case 'error-in-200':
      throw new Refusal(2200, undefined, { status: 200, text: 'Internal Error' });
    case 'bad-json':
      return { status: 200, code: 0, msg: '', body: '{"code":0,"da', headers: {} };
    case 'token-expired':
      // 令牌真的作废：只有重新取一枚才能继续。
      store.revokeTokens();
      throw new Refusal(99991663);
    case 'card-refused':
      throw new Refusal(230099, undefined, { text: cardError(11310, 'element exceeds the limit') });
    default:
      return assertNever(fault);
  }
}

function rateLimited(status: number, { limit, resetSeconds }: OverLimit): Refusal {
  const headers = { 'x-ogw-ratelimit-limit': String(limit), 'x-ogw-ratelimit-reset': String(resetSeconds) };
  return new Refusal(99991400, undefined, { status, headers });
}

function checkScope(store: EmulatorStore, { scopes }: Operation): void {
  const granted = store.app().scopes;
  if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) {
    throw new Refusal(99991672, undefined, { text: `Access denied. One of the following scopes is required: [${scopes.join(', ')}].` });
  }
}

/** 在覆盖表里写明未模拟的（如撤回），答 501 而不是「方法不对」。 */
function isListedAsNotEmulated({ method, path }: ApiInput): boolean {
  return coverage.some(({ kind, name, state }) => {
    const [listedMethod, pattern] = name.split(' ');
    return kind === 'endpoint' && state === 'not' && listedMethod === method && pattern !== undefined && matchPath(pattern, path) !== null;
  });
}

function carriesCard({ name }: Operation, body: unknown): boolean {
  return name === 'message.patch' || (body as { msg_type?: unknown } | null | undefined)?.msg_type === 'interactive';
}

const summaryMax = 2_000;

function summaryOf({ query, body, upload }: ApiInput): string {
  const secretless = (key: string, value: unknown): unknown => (key === 'app_secret' ? '***' : value);
  const words = JSON.stringify({ query, body, ...(upload ? { upload: { ...upload.fields, bytes: upload.file?.byteLength ?? 0 } } : {}) }, secretless);
  return words.length > summaryMax ? `${words.slice(0, summaryMax)}…` : words;
}
