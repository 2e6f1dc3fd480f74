import { randomId } from './chance.ts';

/** 新编号 — a fresh record id. */
export function newId(): string {
  return randomId();
}
