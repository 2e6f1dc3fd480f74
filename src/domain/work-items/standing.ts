import { localDateOf } from '#core/dates';
import type { WorkItem } from './records.ts';

/**
 * 办不了的说明 — of an item that is not under way: how it stands, that the deed is not for now, and what to do instead.
 * @param deed 反馈、申请延期 …
 */
export function standingWords({ code, status, completedAt }: Pick<WorkItem, 'code' | 'status' | 'completedAt'>, deed: string): string {
  const see = `要看经过请发送“${code}”`;
  switch (status) {
    case 'completed':
      return `${code}已${completedAt ? `于${dayOf(completedAt)}` : ''}办结，不用${deed}；${see}，情况有变请联系督查室`;
    case 'archived':
      return `${code}已办结并归档，不用${deed}；${see}`;
    case 'cancelled':
      return `${code}已撤销，不用${deed}；${see}，有疑问请联系督查室`;
    case 'suspended':
      return `${code}已中止，不用${deed}；要恢复办理请联系督查室主任`;
    case 'declinePending':
      return `${code}正在裁定退件，暂不能${deed}；裁定的结果会发给本单位`;
    case 'underVerification':
    case 'onSiteVerification':
      return `${code}已申请办结、正在核查，暂不能${deed}；退回重办之后再办，有疑问请联系督查室`;
    case 'issued':
      return `${code}还没有签收，请先由主要负责人或联络员签收任务书，再${deed}`;
    case 'draft':
      return `${code}还没有下达，暂不能${deed}；有疑问请联系督查室`;
    case 'inProgress':
      return `${code}正在办理，暂不能${deed}；${see}`;
  }
}

/** 写错了怎么改 — for whoever can't take the import back any more. */
export const correctLaterWords = '下达之后写错的，发“更正 编号”提出，由督查室主任批准';

function dayOf(at: Date): string {
  const day = localDateOf(new Date(at));
  return `${Number(day.slice(5, 7))}月${Number(day.slice(8))}日`;
}
