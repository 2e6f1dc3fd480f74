import type { Unit } from '../roster/model.ts';

/** 核对所用的名册 */
export interface RosterView {
  readonly units: readonly Unit[];
  readonly people: readonly {
    readonly name: string;
    readonly mobile: string;
    readonly posts: readonly { readonly postId: string; readonly unitCode: string | null; readonly role: string }[];
  }[];
}
