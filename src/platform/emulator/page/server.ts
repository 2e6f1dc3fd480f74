import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import { readChartLibrary } from '#core/chart-library';
import type { Acts } from '../act.ts';
import type { EmulatorControls } from '../controls.ts';
import { type Faults, faultTerms } from '../faults.ts';
import type { EmulatorStore } from '../store.ts';
import { buildPage } from './bundle.ts';
import { type ClockDesk, createClockDesk } from './clock-desk.ts';
import { pageDocument, pageIcon } from './document.ts';
import { fileAnswer } from './files.ts';
import { type Answer, refusalOf, write, writeJson } from './guard.ts';
import { galleryView, inspectMessage, logView } from './inspect.ts';
import { createLive, type Live } from './live.ts';
import { changeFaults, parseAct, parseClock, perform, sendFile } from './perform.ts';
import { peopleView, stateFor } from './snapshot.ts';

export interface PageParts {
  readonly store: EmulatorStore;
  readonly acts: Acts;
  readonly faults: Faults;
  readonly controls: EmulatorControls;
  /** everything under `/open-apis/` */
  readonly openApi: RequestListener;
}

/** 模拟平台的网页 — a chat client in the browser, and the Feishu-shaped API beside it; for this machine only. */
export function createPage(parts: PageParts): RequestListener {
  const { store, acts, faults, controls, openApi } = parts;
  const live = createLive({
    revision: () => store.revision,
    clock: () => clock.view(),
    pulse: oneAtATime(() => acts.runRetries(controls.now())),
  });
  const clock = createClockDesk({ controls, acts, changed: live.changed });
  store.onChange(live.changed);
  faults.onChange(live.changed);
  const desk: Desk = { ...parts, live, clock };
  return (request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== null) {
      write(response, { status: 403, type: 'text/plain; charset=utf-8', body: refusal });
      return;
    }
    if (request.url?.startsWith('/open-apis/')) {
      openApi(request, response);
      return;
    }
    route(desk, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else writeJson(response, { error: wordsFor(error) }, error instanceof ZodError ? 400 : 409);
    });
  };
}

/** 上一次没办完，这一次就不办。 */
function oneAtATime(work: () => Promise<unknown>): () => void {
  let busy = false;
  return () => {
    if (busy) return;
    busy = true;
    void work().finally(() => {
      busy = false;
    });
  };
}

interface Desk extends PageParts {
  readonly live: Live;
  readonly clock: ClockDesk;
}

interface Visit {
  readonly desk: Desk;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

type Handler = (visit: Visit) => unknown;

/** 返回值写成 JSON；自己写了答复的返回 undefined。 */
const handlers: Readonly<Record<string, Handler>> = {
  'GET /': ({ response }) => write(response, page),
  'GET /gallery': ({ response }) => write(response, page),
  'GET /assets/page.js': async ({ response }) => write(response, { type: 'text/javascript; charset=utf-8', body: (await buildPage()).js }),
  'GET /assets/style.css': async ({ response }) => write(response, { type: 'text/css; charset=utf-8', body: (await buildPage()).css }),
  'GET /assets/vchart.js': async ({ response }) => {
    const headers = { 'cache-control': 'max-age=86400' };
    write(response, { type: 'text/javascript; charset=utf-8', body: await readChartLibrary(), headers });
  },
  'GET /assets/icon.svg': ({ response }) => write(response, { type: 'image/svg+xml', body: pageIcon }),
  'GET /api/people': ({ desk }) => peopleView(desk.store),
  'GET /api/cast': ({ desk }) => desk.controls.cast,
  'GET /api/state': ({ desk, url }) => {
    const { searchParams } = url;
    return stateFor(
      { store: desk.store, faults: desk.faults, clock: desk.clock.view },
      {
        as: searchParams.get('as') ?? '',
        chatId: searchParams.get('chat'),
        limit: Math.min(Number(searchParams.get('limit')) || 60, 2_000),
        recent: (searchParams.get('recent') ?? '').split(',').filter(Boolean).slice(0, 12),
      },
    );
  },
  'GET /api/live': ({ desk, response }) => desk.live.join(response),
  'GET /api/message': ({ desk, url }) => inspectMessage(desk.store, url.searchParams.get('id') ?? '', url.searchParams.get('as') ?? ''),
  'GET /api/log': ({ desk }) => logView(desk.store, 100),
  'GET /api/outbox': ({ desk }) => desk.controls.outbox(100),
  'GET /api/gallery': ({ desk }) => galleryView(desk.controls, desk.store),
  'GET /api/faults': () => Object.entries(faultTerms).map(([kind, title]) => ({ kind, title })),
  'POST /api/faults': async ({ desk, request }) => {
    changeFaults(desk.faults, await readJson(request));
    return { armed: desk.faults.armed() };
  },
  'POST /api/clock': async ({ desk, request }) => desk.clock.move(parseClock(await readJson(request))),
  'POST /api/act': async ({ desk, request }) => perform(desk.acts, parseAct(await readJson(request))),
  'POST /api/upload': async ({ desk, url, request }) => {
    const { searchParams } = url;
    const bytes = await readBody(request, uploadMaxBytes);
    return sendFile(desk.acts, {
      as: searchParams.get('as') ?? '',
      chatId: searchParams.get('chat'),
      name: searchParams.get('name') ?? '文件',
      bytes,
    });
  },
};

const page: Answer = { type: 'text/html; charset=utf-8', body: pageDocument };
const bodyMaxBytes = 1024 * 1024;
const uploadMaxBytes = 30 * 1024 * 1024;

async function route(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://emulator');
  const visit: Visit = { desk, url, request, response };
  const handler = handlers[`${request.method ?? 'GET'} ${url.pathname}`];
  if (handler) {
    const value = await handler(visit);
    if (value !== undefined) writeJson(response, value);
    return;
  }
  const [, fileKey] = /^\/api\/files\/([\w-]+)$/.exec(url.pathname) ?? [];
  const file = fileKey === undefined ? null : fileAnswer(desk.store, fileKey);
  if (file) write(response, file);
  else writeJson(response, { error: '没有这个地址' }, 404);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  // 只认 JSON：别处的网页发不出这种请求而不先问过浏览器。
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) throw new Error('请求须为 JSON');
  return JSON.parse((await readBody(request, bodyMaxBytes)).toString('utf8')) as unknown;
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`内容超过 ${Math.round(maxBytes / 1024 / 1024)} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function wordsFor(error: unknown): string {
  if (error instanceof ZodError) return `请求有误：${error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('；')}`;
  return error instanceof Error ? error.message : String(error);
}
