import { loadEnvFile } from 'node:process';
import { runCommandLine } from './program.ts';

try {
  loadEnvFile();
} catch {
  // 没有 .env 也能用：全部用默认值。
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  colours: process.stdout.isTTY && !process.env['NO_COLOR'],
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
