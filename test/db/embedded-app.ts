// 供 embedded.test.ts 起动、再从外面杀掉的小程序：连上自带的数据库，一行一行写，写成一行说一行。
import { pathToFileURL } from 'node:url';
import pg from 'pg';

const [dataDir = '', module = ''] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const { startEmbedded } = (await import(pathToFileURL(module).href)) as typeof import('#db/embedded');
const server = await startEmbedded({ dataDir, log: (message) => say(`log ${message}`) });
let stopping = false;
process.on('SIGTERM', () => {
  stopping = true;
});

const client = new pg.Client({ connectionString: server.url });
// 数据库在写的时候被杀，这里只管停下；哪些行算写成，外面以说出的为准。
client.on('error', () => undefined);
await client.connect();
// 两个同时起动的一起建表，IF NOT EXISTS 也会撞上：排着队建。
await client.query('SELECT pg_advisory_lock(1)');
await client.query('CREATE TABLE IF NOT EXISTS written (n SERIAL PRIMARY KEY, pid INTEGER NOT NULL)');
await client.query('SELECT pg_advisory_unlock(1)');
say(`url ${server.url}`);
while (!stopping) {
  const result = await client.query<{ n: number }>('INSERT INTO written (pid) VALUES ($1) RETURNING n', [process.pid]).catch(() => undefined);
  if (!result) break;
  say(`row ${result.rows[0]?.n}`);
}
await client.end().catch(() => undefined);
await server.stop();
say('stopped');
