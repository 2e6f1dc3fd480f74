import type { Middleware } from 'koa';
import { AppError, ForbiddenError, NotFoundError } from '#core/errors';
import type { Log } from '#runtime/log';

/** 出错的答复 — the only place where an error of a page becomes a status; the text says what happened, never how. */
export function handleErrors(log: Log): Middleware {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      context.type = 'text/plain; charset=utf-8';
      if (error instanceof AppError) {
        context.status = error instanceof NotFoundError ? 404 : error instanceof ForbiddenError ? 403 : 400;
        context.body = error.publicMessage;
        return;
      }
      log.error({ err: error, path: context.path }, 'http: request failed');
      context.status = 500;
      context.body = '服务暂时出错，请稍后再试；仍不行请联系系统管理员。';
    }
  };
}
