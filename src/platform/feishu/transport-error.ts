/** 没有办成的请求 — what came back, or why nothing did. It holds neither the token nor what was sent. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  /** null: no answer came */
  readonly response: TransportAnswer | null;
  /** false: no connection came about, so nothing was sent */
  readonly connected: boolean;

  constructor(message: string, { response = null, connected = true }: { response?: TransportAnswer | null; connected?: boolean } = {}) {
    super(message);
    this.response = response;
    this.connected = connected;
  }
}

interface TransportAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** what the text said, when it was JSON */
  readonly data: unknown;
}
