import { ConflictError } from './errors.ts';

interface MachineShape {
  readonly states: readonly string[];
  readonly initial: string;
  readonly transitions: Readonly<Record<string, { readonly from: readonly string[]; readonly to: string }>>;
}

/** 状态机 — one transition table decides both what is legal and which buttons are shown. */
export interface Machine<State extends string, Event extends string> {
  readonly initial: State;
  readonly states: readonly State[];
  readonly events: readonly Event[];
  readonly table: Readonly<Record<Event, { readonly from: readonly State[]; readonly to: State }>>;
  /** May the event happen in this state? Views use it to decide which buttons exist. */
  can(state: State, event: Event): boolean;
  /** The state after the event. @throws ConflictError when the event is not legal in this state */
  next(state: State, event: Event): State;
  /** The table as a Mermaid diagram, for the golden that keeps the picture in the documents true. */
  diagram(): string;
}

type StateOf<S extends MachineShape> = S['states'][number];
type EventOf<S extends MachineShape> = keyof S['transitions'] & string;

/** 定义状态机 — checks at start that every named state exists. */
export function defineMachine<const S extends MachineShape>(shape: S): Machine<StateOf<S>, EventOf<S>> {
  const known = new Set(shape.states);
  for (const [event, { from, to }] of Object.entries(shape.transitions)) {
    for (const state of [...from, to]) {
      if (!known.has(state)) throw new Error(`machine: event ${event} names the unknown state ${state}`);
    }
  }
  if (!known.has(shape.initial)) throw new Error(`machine: unknown initial state ${shape.initial}`);
  const table = shape.transitions as Machine<StateOf<S>, EventOf<S>>['table'];
  const can = (state: StateOf<S>, event: EventOf<S>): boolean => table[event].from.includes(state);
  return {
    initial: shape.initial,
    states: shape.states,
    events: Object.keys(shape.transitions) as EventOf<S>[],
    table,
    can,
    next(state, event) {
      if (!can(state, event)) throw new ConflictError(undefined, `${event} is not legal in state ${state}`);
      return table[event].to;
    },
    diagram() {
      const edges = Object.entries(shape.transitions).flatMap(([event, { from, to }]) => from.map((state) => `  ${state} --> ${to}: ${event}`));
      return ['stateDiagram-v2', `  [*] --> ${shape.initial}`, ...edges, ''].join('\n');
    },
  };
}
