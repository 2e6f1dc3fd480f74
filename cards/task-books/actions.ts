import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const importId = z.object({ importId: z.string() });
const bookId = z.object({ bookId: z.string() });

/** 确认导入 */
export const confirmImport = defineAction('task-books.confirm-import', importId);
/** 撤销导入 */
export const cancelImport = defineAction('task-books.cancel-import', importId);
/** 审定 */
export const approve = defineAction('task-books.approve', importId);
/** 下达 */
export const issue = defineAction('task-books.issue', importId);
/** 签收 */
export const acknowledge = defineAction('task-books.acknowledge', bookId);
/** 回到我的任务 */
export const openMyItems = defineAction('task-books.my-items', z.object({ page: z.number().int() }));
