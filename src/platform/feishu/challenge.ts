/** characters */
const challengeMax = 256;

/**
 * 验证地址 — the challenge of a decrypted `url_verification`, if it is ours. Nothing else in that body is read.
 * @returns null when it is none, or has another token
 */
export function readChallenge(raw: unknown, isOurToken: (token: string) => boolean): string | null {
  if (typeof raw !== 'object' || raw === null) return null;
  const { type, token, challenge } = raw as { type?: unknown; token?: unknown; challenge?: unknown };
  if (type !== 'url_verification' || typeof token !== 'string' || typeof challenge !== 'string') return null;
  return challenge.length <= challengeMax && isOurToken(token) ? challenge : null;
}
