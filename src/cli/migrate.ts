import { migrate } from '#db/migrate';
import { exitCodes, type Shell } from './shell.ts';
import { openDatabaseServer, readShellConfig } from './workplace.ts';

/** 迁移 — brings the database to the form that this version needs; `npm start` does the same. @throws MigrationError */
export async function migrateDatabase(shell: Shell): Promise<number> {
  const server = await openDatabaseServer(shell, readShellConfig(shell));
  try {
    const { applied } = await migrate(server.url, { log: (message) => shell.out(message) });
    if (applied.length === 0) shell.out('数据库已是最新，没有需要应用的迁移');
    return exitCodes.done;
  } finally {
    await server.stop();
  }
}
