import { type Logger, pino } from 'pino';

const secretKeys = [
  'appSecret',
  'app_secret',
  'encryptKey',
  'encrypt_key',
  'verificationToken',
  'token',
  'authorization',
  'password',
  'secret',
  'sealKey',
  'tenant_access_token',
  'databaseUrl',
];
/** 大陆手机号，连写或用空格、连字符分开；前后不能再是数字。 */
const mobile = /(?<!\d)(1[3-9]\d)([ -]?\d{4})([ -]?)(\d{4})(?!\d)/g;
const connectionPassword = /(postgres(?:ql)?:\/\/[^:/\s"]+:)[^@\s"]+@/g;

/** 遮盖 — phone numbers and passwords inside any text of a log line. */
function mask(line: string): string {
  return line.replace(mobile, '$1****$4').replace(connectionPassword, '$1***@');
}

/** 建日志 — JSON lines; secrets are redacted by name, phone numbers wherever they stand. @param write where a finished line goes */
export function createLog(level: string, write: (line: string) => void): Logger {
  const paths = secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths, censor: '[已隐去]' },
      serializers: { err: pino.stdSerializers.err },
    },
    { write: (line: string) => write(mask(line)) },
  );
}
