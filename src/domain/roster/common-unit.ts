/** 多数人所在的单位 — where most of these people hold a post. null: none of them holds one */
export function commonUnit(people: readonly { readonly posts: readonly { readonly unitCode: string | null }[] }[]): string | null {
  const votes = new Map<string, number>();
  for (const { posts } of people) {
    for (const code of new Set(posts.flatMap(({ unitCode }) => unitCode ?? []))) votes.set(code, (votes.get(code) ?? 0) + 1);
  }
  return [...votes].sort(([, left], [, right]) => right - left)[0]?.[0] ?? null;
}
