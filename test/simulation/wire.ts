import pg from 'pg';

/**
 * 一步 — what leaves a mark outside the program: a statement that writes, a COMMIT after one, the statement that marks a row of the outbox
 * as sent, a call of the platform, an answer to a callback. Before each and after each is a point at which the program may die.
 */
export interface Step {
  readonly kind: StepKind;
  /** the table, the call or the path */
  readonly what: string;
}
export type StepKind = 'write' | 'commit' | 'settle' | 'call' | 'answer';
type Fate = 'pass' | 'before' | 'after';

/** 库里的步 */
const inDatabase: readonly StepKind[] = ['write', 'commit', 'settle'];
export const everyKind: readonly StepKind[] = [...inDatabase, 'call', 'answer'];

/**
 * 数据库的线 — counts what a program writes and cuts its line at a chosen write: before it, after it, or after the COMMIT whose
 * answer the program never hears. A program whose line was cut writes nothing any more; it is as dead as after kill -9.
 */
export interface Wire {
  /** Cuts at the `nth` step from now. @param kinds which steps count; writes alone, when left out */
  arm(nth: number, when: 'before' | 'after', kinds?: readonly StepKind[]): void;
  disarm(): void;
  /** A step outside the database is about to be made. `after`: the caller cuts when it is made. */
  reach(step: Step): Fate;
  cut(): void;
  /** Told of each step before it is made. */
  onStep(listener: (step: Step) => void): void;
  readonly isCut: boolean;
  /** writes since the beginning */
  readonly writes: number;
  /** Resolves at the next cut. */
  whenCut(): Promise<void>;
  /** Resolves when the server has noticed too; the next program has a line again. */
  mended(): Promise<void>;
}

type Query = (this: pg.Client, ...given: unknown[]) => unknown;
/** what node-postgres keeps in a client, and does not declare */
interface Line {
  readonly connectionParameters: { readonly application_name?: string };
  readonly connection: { readonly stream: { destroy(): void } };
}

const ours = 'shuling ';
const write = /\b(INSERT INTO|UPDATE|DELETE FROM)\b/;
const settling = '"settledAt" = x."settledAt"';
let laid: (Wire & { readonly take: (line: Line, text: string) => Fate | 'dead' }) | undefined;

/** 接线 — once in a process: every program started in it runs over this wire. @param watch sees the server from outside */
export function layWire(watch: (applicationNames: readonly string[]) => Promise<number>): Wire {
  if (laid) throw new Error('the wire is laid already');
  const dead = new Set<string>();
  const lines = new Set<Line>();
  const wrote = new WeakSet<Line>();
  let armed: { left: number; when: 'before' | 'after'; kinds: readonly StepKind[] } | undefined;
  let told: (step: Step) => void = () => undefined;
  let isCut = false;
  let writes = 0;
  let listeners: (() => void)[] = [];
  const reach = (step: Step): Fate => {
    told(step);
    if (!armed?.kinds.includes(step.kind)) return 'pass';
    armed.left -= 1;
    return armed.left > 0 ? 'pass' : armed.when;
  };
  laid = {
    arm: (nth, when, kinds = inDatabase) => {
      armed = { left: nth, when, kinds };
    },
    reach,
    onStep: (listener) => {
      told = listener;
    },
    disarm: () => {
      armed = undefined;
    },
    get isCut() {
      return isCut;
    },
    get writes() {
      return writes;
    },
    whenCut: () => (isCut ? Promise.resolve() : new Promise((resolve) => listeners.push(resolve))),
    async mended() {
      while ((await watch([...dead])) > 0) await new Promise((resolve) => setTimeout(resolve, 2));
      isCut = false;
    },
    cut: () => {
      armed = undefined;
      isCut = true;
      for (const line of lines) {
        dead.add(nameOf(line));
        line.connection.stream.destroy();
      }
      lines.clear();
      for (const listener of listeners) listener();
      listeners = [];
    },
    take: (line, text) => {
      if (dead.has(nameOf(line))) return 'dead';
      lines.add(line);
      const commits = text === 'COMMIT' && wrote.has(line);
      const writing = write.test(text);
      if (writing) wrote.add(line);
      if (text === 'COMMIT' || text === 'ROLLBACK') wrote.delete(line);
      if (!writing && !commits) return 'pass';
      writes += 1;
      return reach(commits ? { kind: 'commit', what: '' } : { kind: text.includes(settling) ? 'settle' : 'write', what: tableOf(text) });
    },
  };
  return laid;
}

const tableOf = (text: string): string => /(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:"public"\.)?"(\w+)"/.exec(text)?.[1] ?? 'FOR UPDATE';
const nameOf = (line: Line): string => line.connectionParameters.application_name ?? '';

const query = pg.Client.prototype.query as unknown as Query;
(pg.Client.prototype as { query: Query }).query = function (...given) {
  const line = this as unknown as Line;
  if (!laid || !nameOf(line).startsWith(ours)) return query.apply(this, given);
  const asked = given[0] as string | { readonly text?: string };
  const fate = laid.take(line, (typeof asked === 'string' ? asked : (asked.text ?? '')).trim());
  if (fate === 'pass') return query.apply(this, given);
  if (fate === 'before') laid.cut();
  const answer = given.at(-1);
  const cut = new Error('the line was cut');
  if (typeof answer === 'function') {
    if (fate === 'after') laid.cut();
    process.nextTick(answer as (error: Error) => void, cut);
    return undefined;
  }
  if (fate !== 'after') return Promise.reject(cut);
  const wire = laid;
  return (query.apply(this, given) as Promise<unknown>).then(() => {
    wire.cut();
    throw cut;
  });
};

/** 拆线 — for the next simulation in the same process. */
export function takeUpWire(): void {
  laid = undefined;
}
