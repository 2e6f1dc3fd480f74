import Router from '@koa/router';
import type { Context as KoaContext, Middleware } from 'koa';
import { readChartLibrary } from '#core/chart-library';
import { AppError, NotFoundError } from '#core/errors';
import { storableText } from '#core/storable-text';
import type { LiveView, PageReply, PageRequest, PageScript, WebPage } from '#core/web';
import type { Log } from '#runtime/log';
import { readBody } from './body.ts';
import { bundleScript } from './bundle-script.ts';

export interface FeaturePagesParts {
  readonly pages: readonly WebPage[];
  readonly liveViews: readonly LiveView[];
  readonly scripts: readonly PageScript[];
  /** runs the page in a transaction, as nobody in particular and without leaving a trace of the visitor */
  readonly open: (page: WebPage, request: PageRequest) => Promise<PageReply>;
  readonly look: (view: LiveView, params: Readonly<Record<string, string>>) => Promise<string | null>;
  readonly log: Log;
}

/** 大屏和等待页的脚本 — a live view connects again by itself when the line or the server was gone, not when its address has expired; a page that waits looks again. */
const liveScript = `(() => {
  let shown = [];
  const draw = () => {
    if (!window.VChart) return;
    for (const chart of shown) chart.release();
    shown = [...document.querySelectorAll('[data-chart]')].map((dom) => {
      const chart = new window.VChart.VChart(JSON.parse(dom.dataset.chart), { dom, theme: dom.dataset.theme, animation: false });
      chart.renderSync();
      return chart;
    });
  };
  draw();
  const again = document.getElementById('again');
  if (again) setTimeout(() => location.replace(again.href), 5000);
  const place = document.getElementById('live');
  if (!place) return;
  const open = () => {
    const source = new EventSource(place.dataset.live);
    source.onmessage = (event) => { place.innerHTML = JSON.parse(event.data); draw(); };
    source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(retry, 1000); };
  };
  // 断了线、正在重启的接着连；地址过期了的，页面自己也打不开，就不再连。
  const retry = () => fetch(location.href, { cache: 'no-store' }).then(
    ({ status }) => { if (status === 404) place.innerHTML = '<div class="now"><div class="who">页面已过期，请重新打开</div></div>'; else open(); },
    () => setTimeout(retry, 1000),
  );
  open();
})();
`;

const formSizeMax = 16 * 1024;
const lookEveryMs = 1_000;
const streamsMax = 64;

/** 功能的网页 — no cookies, no scripts but our own, nothing cached, nothing logged about who came. */
export function createFeaturePages({ pages, liveViews, scripts, open, look, log }: FeaturePagesParts): Middleware {
  const router = new Router();
  for (const page of pages) {
    const handle = async (context: KoaContext & { params: Record<string, string> }): Promise<void> => {
      guard(context);
      const form = page.method === 'POST' ? await readForm(context) : {};
      const reply = await open(page, { params: storableRecord(Object.entries(context.params)), form }).catch((error: unknown) =>
        refused(log, page, error),
      );
      context.status = reply.status ?? 200;
      context.type = 'html' in reply ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
      context.body = 'html' in reply ? reply.html : JSON.stringify(reply.data);
    };
    if (page.method === 'GET') router.get(page.path, handle);
    else router.post(page.path, handle);
  }
  router.get('/p/live.js', (context) => {
    guard(context);
    context.type = 'text/javascript; charset=utf-8';
    context.body = liveScript;
  });
  for (const script of scripts) {
    router.get(script.path, async (context) => {
      guard(context);
      context.type = 'text/javascript; charset=utf-8';
      context.body = await bundleScript(script.entry);
    });
  }
  router.get('/p/vchart.js', async (context) => {
    guard(context);
    // 图表库不是谁的内容，与地址里的钥匙无关，可以存着。
    context.set('cache-control', 'public, max-age=86400');
    context.type = 'text/javascript; charset=utf-8';
    context.body = await readChartLibrary();
  });
  let streams = 0;
  for (const view of liveViews) {
    router.get(view.path, async (context) => {
      guard(context);
      if (streams >= streamsMax) {
        context.status = 503;
        return;
      }
      const { req, res } = context;
      const params = storableRecord(Object.entries((context as KoaContext & { params: Record<string, string> }).params));
      let shown = await look(view, params).catch(() => null);
      if (shown === null) throw new NotFoundError('没有这个画面，或地址已过期');
      context.respond = false;
      streams += 1;
      res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
      const send = (html: string): boolean => res.write(`data: ${JSON.stringify(html)}\n\n`);
      res.write('retry: 1000\n\n');
      send(shown);
      let looking = false;
      let quiet = 0;
      const timer = setInterval(() => {
        if (looking) return;
        looking = true;
        void look(view, params)
          .catch(() => shown)
          .then((html) => {
            // 地址过期了，画面就断开：留着的是旧的，看的人却以为是现在的。
            if (html === null) return res.end();
            quiet += 1;
            if (html !== shown) {
              shown = html;
              quiet = 0;
              send(html);
            } else if (quiet % 15 === 0) res.write(': still here\n\n');
          })
          .finally(() => {
            looking = false;
          });
      }, lookEveryMs);
      timer.unref();
      req.once('close', () => {
        clearInterval(timer);
        streams -= 1;
        res.end();
      });
    });
  }
  return router.routes() as unknown as Middleware;
}

function guard(context: KoaContext): void {
  context.set({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  });
}

async function readForm(context: KoaContext): Promise<Record<string, string>> {
  const read = await readBody(context.req, { sizeMax: formSizeMax, timeoutMs: 5_000 });
  if (read.kind === 'refused') return {};
  return storableRecord([...new URLSearchParams(read.body.toString('utf8'))]);
}

function storableRecord(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(entries.map(([key, value]) => [storableText(key), storableText(value)]));
}

/** 拒绝 — the address is a key, so it stays out of the log. */
function refused(log: Log, page: WebPage, error: unknown): PageReply {
  const told = (status: 200 | 404, text: string): PageReply => (page.data ? { status, data: { refused: text } } : { status, html: plainPage(text) });
  if (error instanceof AppError) return told(error instanceof NotFoundError ? 404 : 200, error.publicMessage);
  log.error({ page: page.name, kind: error instanceof Error ? error.name : 'unknown' }, 'http: page failed');
  return told(200, '暂时没有办成，请返回再试一次；仍不行请告诉现场工作人员。');
}

function plainPage(text: string): string {
  const safe = text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>书令</title></head><body style="font:18px/1.6 sans-serif;margin:24px"><main><h1 style="font-size:20px">请看这里</h1><p>${safe}</p></main></body></html>`;
}
