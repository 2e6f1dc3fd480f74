import { randomUUID } from 'node:crypto';

/** 新编号 — a fresh record id. */
export function newId(): string {
  return randomUUID();
}
