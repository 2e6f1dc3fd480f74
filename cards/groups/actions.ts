import { z } from 'zod';
import { defineAction } from '../kit/action.ts';

const note = z.object({ groupId: z.string(), month: z.string() });
const line = (name: string) => z.string().max(100, `${name}不超过100字`).optional();

/** 确认小组名单 */
export const confirmGroups = defineAction('groups.confirm-import', z.object({ rollId: z.string() }));
/** 打开月记 */
export const openNote = defineAction('groups.open-note', note);
/** 提交月记 */
export const writeNote = defineAction('groups.write-note', note, {
  form: z.object({ thought: line('思想'), skill: line('技能'), results: line('业绩'), style: line('作风') }),
});
