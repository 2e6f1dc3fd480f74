/** 平台的判断 — `reject`: the platform answers 230099 with this sub-code; `warn`: taken, yet doubtful or without effect. */
export interface Finding {
  readonly verdict: 'reject' | 'warn';
  /** the platform's sub-code; 230025 for a card that is too long */
  readonly code: number;
  /** `ROOT -> body -> elements -> [1](tag: div)` */
  readonly path: string;
  readonly message: string;
  readonly detail: string;
}

/** 平台知道的 — what can't be seen in the card itself, and the sides to take where documents contradict each other (contract 10.4). */
export interface PlatformContext {
  /** without it every key passes */
  readonly knowsImage?: ((imageKey: string) => boolean) | undefined;
  readonly knowsPerson?: ((id: string) => boolean) | undefined;
  readonly knowsAudio?: ((fileKey: string) => boolean) | undefined;
  /** UTF-8 bytes, 30 720 by the documents */
  readonly bytesMax?: number | undefined;
  /** 5 by the documents, 3 measured by a first-party plugin */
  readonly tablesMax?: number | undefined;
  readonly chartInForm?: 'reject' | 'accept' | undefined;
  /** keys of 1.0 and old colour names */
  readonly leftovers?: 'warn' | 'reject' | undefined;
}

export type Json = Readonly<Record<string, unknown>>;

/** 组件 — one that was met on the way, with its surroundings. */
export interface Component {
  readonly tag: string;
  readonly json: Json;
  readonly path: string;
  /** path of the form around it */
  readonly form: string | null;
  /** containers around it, itself included */
  readonly depth: number;
}

/** 一次检查 */
export interface Inspection {
  readonly context: PlatformContext;
  readonly findings: Finding[];
  readonly components: Component[];
  /** names declared in `config.style.color` */
  readonly customColors: ReadonlySet<string>;
}

/** 是不是对象 */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const parseError = 200621;
const messages: Readonly<Record<number, string>> = {
  [parseError]: 'parse card json err, please check whether the card json is correct',
  11310: 'element exceeds the limit',
  100290: 'invalid user resource(at/person)',
  200380: 'template does not exist',
  200530: 'interactive component in a form needs a unique name',
  200340: 'interactive component carries neither behaviors nor value',
  200550: 'chart spec is invalid',
  200570: 'card contains invalid image keys',
  200861: 'cards of schema V2 no longer support this capability',
  200914: 'table rows is invalid',
  200915: 'table row name is not declared',
  230025: 'The length of the message content reaches its limit.',
  300123: 'there is no submit button in the form container, at least one',
  300220: 'card with audio needs enable_forward false',
  300230: 'duplicate audio id',
  300240: 'invalid audio key',
  300301: 'element_id is invalid or duplicate',
};

interface Note {
  readonly path: string;
  readonly detail: string;
  readonly code?: number | undefined;
  /** in place of the usual words of the code */
  readonly message?: string | undefined;
}

function add(inspection: Inspection, verdict: Finding['verdict'], { path, detail, code = parseError, message }: Note): void {
  inspection.findings.push({ verdict, code, path, message: message ?? messages[code] ?? 'invalid card', detail });
}

/** 拒绝 */
export function reject(inspection: Inspection, note: Note): void {
  add(inspection, 'reject', note);
}

/** 告警 */
export function warn(inspection: Inspection, note: Note): void {
  add(inspection, 'warn', note);
}

/** 残留 — a leftover of 1.0: warned about, or refused when the context says so. */
export function doubt(inspection: Inspection, note: Note): void {
  add(inspection, inspection.context.leftovers === 'reject' ? 'reject' : 'warn', note);
}
