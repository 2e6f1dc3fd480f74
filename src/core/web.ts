import type { Context } from './context.ts';

/** 网页的请求 — fields of a form that was sent without any script; hostile text. */
export interface PageRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

/** 网页的答复 — a whole document, or data for a script of ours. */
export type PageReply =
  | { readonly status?: 200 | 404 | 410; readonly html: string }
  | { readonly status?: 200 | 404 | 410; readonly data: Readonly<Record<string, unknown>> };

/**
 * 网页 — what people without an account, or a projector, see: a document that works without scripts. Whoever has the address has
 * the right, so every address carries a random key. What the page does runs in a transaction like every other work; nothing about
 * the visitor is kept: no address, no time, no log line.
 */
export interface WebPage {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** `/p/ballot/:token` */
  readonly path: string;
  /** true: a script of ours asks and gets data; a refusal is `{ refused }` */
  readonly data?: boolean;
  readonly handle: (ctx: Context, request: PageRequest) => Promise<PageReply>;
}

/** 网页的脚本 — where a page can't do without one; bundled from our own sources on first use. */
export interface PageScript {
  /** `/p/blind.js` */
  readonly path: string;
  /** absolute path of the source file */
  readonly entry: string;
}

/** 现场画面 — the inner part of a page that follows what happens: looked at every second, sent when it has changed. */
export interface LiveView {
  readonly name: string;
  readonly path: string;
  /** null: there is no such view (any more) */
  readonly look: (ctx: Context, params: Readonly<Record<string, string>>) => Promise<string | null>;
}
