/** 日志 — the shape of pino that the engine room uses; secrets and phone numbers are redacted where the logger is built. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
