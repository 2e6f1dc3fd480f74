import { guests, slips } from './hall-people.ts';

/** 纸质票 */
interface Slip {
  state: 'valid' | 'spare' | 'void';
  askedBy: string | null;
}

/** 来宾的纸质票 — a part of the model of the hall: which are worth something, and which takes the place of which. */
export class Slips {
  #slips = batch();

  get all(): readonly Readonly<Slip>[] {
    return [...this.#slips.values()];
  }
  /** 提出了换、还没有换的 */
  get asked(): readonly string[] {
    return slips.filter((name) => this.#of(name).state === 'valid' && this.#of(name).askedBy !== null);
  }
  isValid(name: string): boolean {
    return this.#slips.get(name)?.state === 'valid';
  }
  /** 发出去的、还没有提过的，备用票没有用完 */
  mayAsk(name: string): boolean {
    return this.isValid(name) && this.#of(name).askedBy === null && this.#spare !== undefined;
  }
  ask(by: string, name: string): void {
    this.#of(name).askedBy = by;
  }
  /** 提出的人不能自己同意 */
  mayAgree(by: string, name: string): boolean {
    const { askedBy } = this.#of(name);
    return this.isValid(name) && askedBy !== null && askedBy !== by && this.#spare !== undefined;
  }
  /** 重新印一批 */
  reprint(): void {
    this.#slips = batch();
  }
  /** 旧票作废，号最小的一张备用票启用 @returns which it is */
  agree(name: string): string {
    const spare = this.#spare as string;
    this.#of(name).state = 'void';
    this.#of(spare).state = 'valid';
    return spare;
  }
  get #spare(): string | undefined {
    return slips.find((name) => this.#of(name).state === 'spare');
  }
  #of(name: string): Slip {
    return this.#slips.get(name) as Slip;
  }
}

const batch = (): ReadonlyMap<string, Slip> =>
  new Map(slips.map((slip, index): [string, Slip] => [slip, { state: index < guests.length ? 'valid' : 'spare', askedBy: null }]));
