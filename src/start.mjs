// 起动：先把程序编成一个文件，再运行它。`node src/start.mjs main`、`node src/start.mjs cli/main doctor`；`--build` 只编不运行。
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildProgram } from './build-program.mjs';

const [, self, name = 'main', ...rest] = process.argv;
const onlyBuild = rest[0] === '--build';
const entry = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
const outfile = fileURLToPath(new URL(`../node_modules/.cache/shuling/${name}.mjs`, import.meta.url));
/** 只读的镜像里，用做镜像时编好的 */
const readOnly = new Set(['EROFS', 'EACCES', 'EPERM']);

await buildProgram(entry, outfile).catch((error) => {
  if (readOnly.has(error.code) && existsSync(outfile) && !onlyBuild) return;
  process.stderr.write(
    readOnly.has(error.code) ? `编好的程序写不进 ${outfile}，请让运行程序的用户可以写这个文件夹。\n` : `程序没有编成：${error.message}\n`,
  );
  process.exit(1);
});
if (!onlyBuild) {
  process.argv = [process.argv[0], self, ...rest];
  await import(pathToFileURL(outfile).href);
}
