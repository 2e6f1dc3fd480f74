/** 存得下的文字 — without NUL, which PostgreSQL cannot store, and without halves of a surrogate pair, which jsonb refuses; no person types either. */
export function storableText(text: string): string {
  // 先补半个字、再去 NUL：隔着 NUL 的两个半个，不会合成一个字。
  const whole = text.toWellFormed();
  return whole.includes('\0') ? whole.replaceAll('\0', '') : whole;
}

// 一对代理、一个转义、一个反斜线加字符：按次序一段一段认，转义过的反斜线就不会被看成 \u 的开头。
const escapes = /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u([\da-fA-F]{4})|\\./g;

/** 读成存得下的 JSON — `JSON.parse`, with every text in it, keys too, as by `storableText`. @throws SyntaxError */
export function parseStorable(json: string): unknown {
  const isPlain = !/\\u(?:0000|[dD][89a-fA-F])/.test(json);
  return JSON.parse(
    isPlain ? json : json.replace(escapes, (escape: string, code: string | undefined) => (code ? storableEscape(escape, code) : escape)),
  );
}

function storableEscape(escape: string, code: string): string {
  if (code === '0000') return '';
  return /^d[89a-f]/i.test(code) ? '\\ufffd' : escape;
}
