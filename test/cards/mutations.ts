/** 改过的一份 — the props with one value changed; list positions share one path. */
export interface Mutation {
  readonly path: string;
  readonly changed: unknown;
}

/** 逐项改动 — one mutation for every value in the props. */
export function mutationsOf(props: unknown, path = ''): Mutation[] {
  if (Array.isArray(props)) {
    const shorter = props.length > 0 ? [{ path: `${path}[]`, changed: props.slice(1) }] : [];
    const within = props.flatMap((item, index) =>
      mutationsOf(item, `${path}[]`).map((mutation) => ({ ...mutation, changed: props.with(index, mutation.changed) })),
    );
    return [...shorter, ...within];
  }
  if (typeof props === 'object' && props !== null) {
    return Object.entries(props).flatMap(([key, value]) =>
      mutationsOf(value, path === '' ? key : `${path}.${key}`).map((mutation) => ({ ...mutation, changed: { ...props, [key]: mutation.changed } })),
    );
  }
  if (typeof props === 'boolean') return [{ path, changed: !props }];
  if (typeof props === 'number') return [{ path, changed: props + 1 }];
  if (typeof props === 'string') return [{ path, changed: /^\d{4}-\d{2}-\d{2}$/.test(props) ? '2031-01-02' : `甲${props}` }];
  return [];
}

/** 填满 — the props with every human text replaced. */
export function filledWith(props: unknown, words: string): unknown {
  if (Array.isArray(props)) return props.map((item) => filledWith(item, words));
  if (typeof props === 'object' && props !== null) {
    return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, filledWith(value, words)]));
  }
  return typeof props === 'string' && /\p{Script=Han}/u.test(props) ? words : props;
}
