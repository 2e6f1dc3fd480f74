import { PlatformError } from './errors.ts';
import type { ChatPlatform } from './port.ts';

/** 计数的平台 — the same platform; every call is counted by member and result. */
export function measured(platform: ChatPlatform, count: (api: string, code: string) => void): ChatPlatform {
  return { reader: wrap(platform.reader, count), writer: wrap(platform.writer, count), panel: wrap(platform.panel, count) };
}

function wrap<Half extends object>(half: Half, count: (api: string, code: string) => void): Half {
  return new Proxy(half, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        try {
          const result: unknown = await (member as (...all: readonly unknown[]) => Promise<unknown>).apply(target, [...given]);
          count(String(name), 'ok');
          return result;
        } catch (error) {
          count(String(name), error instanceof PlatformError ? String(error.code ?? error.kind) : 'error');
          throw error;
        }
      };
    },
  });
}
