import { readEnvFile } from '../env-file.ts';
import { runCommandLine } from './program.ts';
import { exitCodes } from './shell.ts';

try {
  readEnvFile('.env', process.env);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(exitCodes.misused);
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  colours: process.stdout.isTTY && !process.env['NO_COLOR'],
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
});
