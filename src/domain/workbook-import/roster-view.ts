import type { Unit } from '../roster/model.ts';

/** 核对所用的名册 */
export interface RosterView {
  readonly units: readonly Unit[];
  readonly people: readonly {
    readonly name: string;
    readonly mobile: string;
    /** @property title only needed to tell people of one name apart */
    readonly posts: readonly { readonly postId: string; readonly unitCode: string | null; readonly role: string; readonly title?: string }[];
  }[];
}
