import { schedule } from '#core/schedule';
import { pruneBlobs } from '#domain/blobs/store';

/** 不再有人用的文件留这么久：与日志一样，比法定的六个月长一点。 */
const keptMs = 200 * 24 * 60 * 60_000;

/** 清旧文件 */
export const pruneFiles = schedule('system.prune-files', '45 3 * * *', async (ctx) => {
  await pruneBlobs(ctx.tx, new Date(ctx.now.getTime() - keptMs));
});
