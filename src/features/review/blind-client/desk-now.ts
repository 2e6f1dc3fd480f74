/** 一家的票 */
export interface UnitNow {
  readonly roundId: string;
  readonly name: string;
  readonly presenter: string;
  readonly position: number;
  readonly total: number;
}

/** 正在发票的一次开放 — the same for everybody in the hall but for `voterClass`. */
export interface OpeningNow {
  readonly id: string;
  /** the bearer's own */
  readonly voterClass: string;
  /** 14:45:30 */
  readonly closesAt: string;
  readonly press: 'first' | 'last';
  readonly method: 'grades' | 'scores';
  readonly choices: readonly string[];
  /** 评语最多几个字；0：不收 */
  readonly commentMax: number;
  /** of all classes: from them the page reckons the code that the big screen shows */
  readonly keys: readonly { readonly voterClass: string; readonly publicKey: string }[];
  readonly units: readonly UnitNow[];
}

/** 投票页此刻的样子 — what the server says; whether one has voted only the phone itself knows. */
export interface DeskNow {
  readonly words: string;
  /** nothing more will come */
  readonly over: boolean;
  readonly opening: OpeningNow | null;
}
