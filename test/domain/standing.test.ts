import { expect, test } from 'vitest';
import { workItemMachine } from '#domain/work-items/model';
import { standingWords } from '#domain/work-items/standing';

const said = (status: (typeof workItemMachine.states)[number]): string =>
  standingWords({ code: '管-063', status, completedAt: status === 'completed' ? new Date('2026-09-18T02:00:00Z') : null }, '反馈');

test('事项不在办理中：每一种状态都说清现在怎样、不用办什么、该怎么办', () => {
  const words = Object.fromEntries(workItemMachine.states.map((status) => [status, said(status)]));
  expect(words).toEqual({
    draft: '管-063还没有下达，暂不能反馈；有疑问请联系督查室',
    issued: '管-063还没有签收，请先由主要负责人或联络员签收任务书，再反馈',
    declinePending: '管-063正在裁定退件，暂不能反馈；裁定的结果会发给本单位',
    inProgress: '管-063正在办理，暂不能反馈；要看经过请发送“管-063”',
    underVerification: '管-063已申请办结、正在核查，暂不能反馈；退回重办之后再办，有疑问请联系督查室',
    onSiteVerification: '管-063已申请办结、正在核查，暂不能反馈；退回重办之后再办，有疑问请联系督查室',
    completed: '管-063已于9月18日办结，不用反馈；要看经过请发送“管-063”，情况有变请联系督查室',
    suspended: '管-063已中止，不用反馈；要恢复办理请联系督查室主任',
    cancelled: '管-063已撤销，不用反馈；要看经过请发送“管-063”，有疑问请联系督查室',
    archived: '管-063已办结并归档，不用反馈；要看经过请发送“管-063”',
  });
});
