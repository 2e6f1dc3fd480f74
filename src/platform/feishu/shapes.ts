import { z } from 'zod';
import { MalformedEvent } from '../inbound.ts';

/** 信封里各种事件共有的部分 */
export interface Heading {
  readonly eventId: string;
  readonly at: Date;
  readonly tenantKey: string | undefined;
}

/** 平台的编号 — `ou_…`, `om_…`, event ids: printable ASCII, so that it can be stored and logged as it is. */
export const id = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** 可有可无的编号 — absent, null and empty mean the same. */
export const optionalId = z
  .union([id, z.literal('')])
  .nullish()
  .transform((value) => value || null);

/** 按形状读 @throws MalformedEvent naming the fields, never their contents */
export function parseShape<Output>(shape: z.ZodType<Output>, value: unknown, what: string): Output {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new MalformedEvent(`${what}: ${parsed.error.issues.map(({ path, code }) => `${path.join('.')} ${code}`).join(', ')}`);
}
