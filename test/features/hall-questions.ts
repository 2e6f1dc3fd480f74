/** 一问 */
export interface Question {
  readonly slot: number;
  readonly voterClass: string;
  readonly asker: string;
  readonly text: string;
  asked: boolean;
}

/** 提问 — a part of the model of the hall: who waits to ask whom, and whose turn has come. */
export class Questions {
  readonly all: Question[] = [];

  of(slot: number): readonly Question[] {
    return this.all.filter((each) => each.slot === slot);
  }
  /** 同一个人的同一问只登记一次 */
  mayQueue(slot: number, { asker, text }: Pick<Question, 'asker' | 'text'>): boolean {
    return !this.of(slot).some((each) => each.asker === asker && each.text === text);
  }
  queue(slot: number, given: Pick<Question, 'voterClass' | 'asker' | 'text'>): void {
    this.all.push({ slot, ...given, asked: false });
  }
  /** 排着队的第几问 */
  waiting(slot: number, place = 0): Question | undefined {
    return this.of(slot).filter(({ asked }) => !asked)[place];
  }
}

/** 一件承诺 */
export interface Promised {
  readonly slot: number;
  readonly content: string;
  readonly dueOn: string;
}

/** 现场承诺 — a part of the model of the hall: what was promised, and that it is noted once. */
export class Promises {
  readonly all: Promised[] = [];

  of(slot: number): readonly Promised[] {
    return this.all.filter((each) => each.slot === slot);
  }
  mayRecord(slot: number, { content, dueOn }: Omit<Promised, 'slot'>): boolean {
    return !this.of(slot).some((each) => each.content === content && each.dueOn === dueOn);
  }
  record(slot: number, given: Omit<Promised, 'slot'>): void {
    this.all.push({ slot, ...given });
  }
}
