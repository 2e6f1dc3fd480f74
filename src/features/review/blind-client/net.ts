/** 被拒绝 — the server said why, in words for the reader. */
export class Refused extends Error {}

/** 问 */
export async function ask<T>(path: string): Promise<T> {
  return answerOf<T>(await fetch(path, { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' }));
}

/** 送 */
export async function post<T>(path: string, form: Readonly<Record<string, string>>): Promise<T> {
  const body = new URLSearchParams(form);
  return answerOf<T>(await fetch(path, { method: 'POST', body, credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' }));
}

async function answerOf<T>(response: Response): Promise<T> {
  const answer = (await response.json()) as T & { refused?: string };
  if (answer.refused !== undefined) throw new Refused(answer.refused);
  return answer;
}
