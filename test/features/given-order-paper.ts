import { type OrderPaper, orderDocument } from '#domain/documents/order';

/** S5 的那道令，事实与故事里的一字不差。 */
const paper: OrderPaper = {
  ...{ districtName: '滨湾新区', number: '湾督〔2026〕3号', signer: '周启明', signedOn: '2026-09-22', unitName: '住房和建设局' },
  ...{ copies: ['王海峰'], code: '党-031', title: '老旧小区改造', year: 2026, dueOn: '2026-09-16', originalDueOn: '2026-09-16' },
  ...{ percent: 70, basis: null, sends: 6, repliesNotAccepted: 1 },
  requirement: '查明逾期原因，明确赶上进度的措施、责任人和每一步的时间，由主要负责人亲自部署，按新的完成日期办结。',
  evidence: '完成情况说明，以及能够证明完成的材料。',
  ...{ acknowledgeBy: { day: '2026-09-23', time: '18:00' }, replyBy: { day: '2026-09-28', time: '18:00' }, formerNumbers: [], replaces: null },
  facts: [
    '5月29日（周五）09:05 下达',
    '9月7日（周一）09:05 到期预告：马骁、丁一凡',
    '9月11日（周五）09:05 到期预告：马骁、丁一凡',
    '9月15日（周二）09:05 到期预告：马骁、丁一凡',
    '9月16日（周三）09:05 今天到期：马骁、丁一凡',
    '9月17日（周四）09:05 催办：马骁、丁一凡、邓一鸣',
    '9月17日（周四）15:20 丁一凡回复催办（未停表）：收到',
    '9月20日（周日）09:05 二次催办：马骁、丁一凡、邓一鸣、罗志远、王海峰（抄送）',
  ],
  contact: '林晓',
  address: 'https://duban.example.gov.cn/p/order/Zx81kQ0aRbCdEfGhIjKlMn',
};

/** 令的成文稿 @param more what is different */
export const orderPaper = (more: Partial<OrderPaper> = {}) => orderDocument({ ...paper, ...more });
