/** 列名 — headings as offices write them, the surest first; the order of columns in the sheet does not matter. */
const headings = {
  code: ['序号', '编号', '任务编号', '任务序号', '任务编码', '编码'],
  category: ['类别', '任务类别', '分类', '任务分类', '工作类别', '板块'],
  title: [
    ...['任务名称', '重点任务', '工作任务', '任务', '任务事项', '任务内容', '事项名称', '事项', '重点工作', '重点工作任务', '重点事项'],
    ...['督办事项', '工作事项', '工作内容', '主要任务'],
  ],
  goal: ['工作目标', '目标', '目标任务', '目标要求', '任务目标', '年度目标', '预期目标'],
  measures: ['主要措施', '工作措施', '措施', '主要举措', '工作举措', '具体措施', '具体举措', '推进措施'],
  leadUnit: [
    ...['牵头单位', '责任单位', '主办单位', '牵头部门', '牵头责任单位', '主要责任单位', '责任牵头单位', '主责单位', '承办单位', '责任部门'],
    ...['主责部门', '牵头', '主办', '主责'],
  ],
  supporting: [
    ...['配合单位', '协办单位', '配合部门', '配合责任单位', '责任配合单位', '协同单位', '协同部门', '协助单位', '参与单位'],
    ...['配合', '协办', '协同', '协助'],
  ],
  leader: ['分管领导', '牵头领导', '分管新区领导', '分管区领导', '挂点领导', '责任领导', '区领导', '牵头区领导'],
  responsible: ['责任人', '具体责任人', '责任人姓名', '具体负责人', '负责人'],
  liaison: ['联络员', '联系人', '联络人', '联络员姓名', '联系人姓名', '经办人'],
  phone: [
    ...['联络员电话', '联系电话', '电话', '联络员手机', '联络员联系电话', '联络员联系方式', '联络员手机号', '联系人电话', '联系人联系电话'],
    ...['联系人手机', '联络电话', '联系方式', '手机', '手机号', '手机号码', '联系手机', '电话号码'],
  ],
  issueOn: ['下达日期', '下达时间', '印发日期', '印发时间', '交办日期', '交办时间', '立项日期', '立项时间', '下发日期'],
  due: [
    ...['完成时限', '完成时间', '时限', '办结时限', '完成日期', '完成期限', '办理时限', '办结期限', '时限要求', '完成时限要求', '计划完成时间'],
    ...['计划完成时限', '要求完成时间', '完成时间节点', '时间节点', '工作时限', '截止日期', '截止时间'],
  ],
  period: ['反馈周期', '报送周期', '填报周期', '反馈频次', '报送频次', '反馈频率', '调度周期'],
  metricName: ['量化指标', '指标', '指标名称', '量化指标名称', '量化指标指标名称'],
  metricTarget: ['目标值', '量化指标目标值', '指标目标值', '年度目标值'],
  metricUnit: ['计量单位', '指标单位', '量化指标单位', '单位'],
  metricCurrent: ['现状值', '当前值', '基期值', '现值', '基数', '量化指标现状值'],
  metricDone: [
    ...['已完成值', '完成值', '累计完成值', '累计完成', '已完成数', '已完成量', '完成数', '当前完成值', '实际完成值', '目前完成', '量化指标完成值'],
    ...['当前值', '现值'],
  ],
  progress: ['完成百分比', '完成率', '完成比例', '进度百分比', '完成进度(%)', '当前进度(%)', '目前进度(%)', '进度(%)', '百分比'],
  state: [
    ...['完成情况', '办结情况', '办理状态', '完成状态', '任务状态', '当前状态', '状态', '是否办结', '是否完成', '是否销号', '销号情况'],
    ...['当前进度', '目前进度', '完成进度', '工作进度', '办理进度', '进度', '办理情况', '进展情况', '当前进展', '目前进展', '工作进展', '进展'],
    ...['推进情况', '落实情况'],
  ],
  closedOn: ['办结日期', '办结时间', '实际办结日期', '实际办结时间', '实际完成日期', '实际完成时间', '销号日期', '销号时间'],
  theme: ['专题', '专项', '所属专题'],
  internalNote: ['内部备注', '内部说明'],
} as const;
export type TaskColumn = keyof typeof headings;
const columns = Object.entries(headings) as readonly [TaskColumn, readonly string[]][];

/** 姓名和电话写在一格里的列 */
const nameAndPhone: ReadonlySet<string> = new Set(
  ['联络员', '联系人', '联络人'].flatMap((who) =>
    ['电话', '联系电话', '联系方式', '手机'].flatMap((how) => [`${who}及${how}`, `${who}和${how}`, `${who}姓名及${how}`]),
  ),
);
/** 这些字要看上面的一行说的是谁，才知道是什么；“责任人”下面的“电话”不是联络员的。 */
const generic: ReadonlySet<string> = new Set(['姓名', '名称', '单位', '电话', '联系电话', '联系方式', '手机', '手机号', '电话号码', '目标', '指标']);

/** 必有的列 */
export const neededColumns: readonly TaskColumn[] = ['code', 'title', 'leadUnit', 'due'];
/** 只有任务表才有的列 — the progress list of a project has a code, a title and a limit, too, and is none. */
export const tellingColumns: readonly TaskColumn[] = ['supporting', 'leader', 'goal', 'measures', 'issueOn', 'period'];

/** 列的写法 */
export const headingsOf = (column: TaskColumn): readonly string[] => headings[column];

/** 折叠表头 — full-width, blanks, line breaks, a leading number or star, and the colon behind it make no difference. */
export function foldHeading(text: string): string {
  return text
    .slice(0, 60)
    .normalize('NFKC')
    .replace(/[\s\u200b-\u200d\ufeff]+/g, '')
    .replace(/^(?:[*★☆※]+|\d{1,2}[.、])/, '')
    .replace(/[*★☆※:]+$/, '');
}

/** 认列 — which column stands where. @param tops the upper row of a header of two rows; empty for a header of one */
export function locateColumns(tops: readonly string[], bottoms: readonly string[]): Map<TaskColumn, number> {
  const width = Math.max(tops.length, bottoms.length);
  const names = Array.from({ length: width }, (_, at) => namesAt(tops[at] ?? '', bottoms[at] ?? ''));
  const positions = new Map<TaskColumn, number>();
  for (const [column, written] of columns) {
    // 先认写法靠前的：“责任单位”在有“牵头单位”的表里不是牵头单位。
    for (const heading of written) {
      const at = names.findIndex((all) => all.includes(heading));
      if (at < 0) continue;
      positions.set(column, at);
      break;
    }
  }
  locateDated(positions, names);
  const together = names.findIndex((all) => all.some((name) => nameAndPhone.has(name)));
  if (together >= 0) for (const column of ['liaison', 'phone'] as const) if (!positions.has(column)) positions.set(column, together);
  return bareUnit(apart(positions, names));
}

/** 列名前面写着截至哪天的：截至8月底进展情况、1-8月完成率、目前完成情况 */
const asOf = /^(?:截[至止到].{1,10}?(?:月底|月末|月份|月|日|底|末|前)|\d{1,2}(?:[-~至]\d{1,2})?月(?:份|底)?|上半年|前三季度|目前|当前|最新)的?/;
const dated = ['metricDone', 'progress', 'state'] as const;

function locateDated(positions: Map<TaskColumn, number>, names: readonly (readonly string[])[]): void {
  const taken = new Set(positions.values());
  for (const column of dated) {
    if (positions.has(column)) continue;
    const plain = (name: string): string => name.replace(asOf, '').replace(/^(?:工作|任务)(?=进展|完成|推进|落实|办理)/, '');
    const at = names.findIndex(
      (all, index) => !taken.has(index) && all.some((name) => (headings[column] as readonly string[]).includes(plain(name))),
    );
    if (at >= 0) positions.set(column, at);
  }
}

/** 两种意思的列名 — “当前值”与“基期值”并列时是完成到哪里，单独一列时是基数；“进度（%）”不另当完成情况读。 */
function apart(positions: Map<TaskColumn, number>, names: readonly (readonly string[])[]): Map<TaskColumn, number> {
  const done = positions.get('metricDone');
  if (done !== undefined && done === positions.get('metricCurrent')) {
    const base = names.findIndex((all, at) => at !== done && headings.metricCurrent.some((heading) => all.includes(heading)));
    if (base >= 0) positions.set('metricCurrent', base);
    else positions.delete('metricDone');
  }
  if (positions.get('state') === positions.get('progress')) positions.delete('state');
  return positions;
}

/** “单位”可能是计量单位，也可能是责任单位：没有指标的表里是后者。 */
function bareUnit(positions: Map<TaskColumn, number>): Map<TaskColumn, number> {
  const at = positions.get('metricUnit');
  if (at !== undefined && !positions.has('leadUnit') && !positions.has('metricName')) {
    positions.delete('metricUnit');
    positions.set('leadUnit', at);
  }
  return positions;
}

function namesAt(top: string, bottom: string): readonly string[] {
  if (top === '' || bottom === '' || top === bottom) return spellings(top || bottom);
  const joined = spellings(top + bottom);
  return generic.has(bottom) && columns.some(([, written]) => written.includes(top)) ? joined : [...joined, ...spellings(bottom)];
}

/** “完成时限（年/月/日）”也是“完成时限”。 */
function spellings(heading: string): readonly string[] {
  const plain = heading.replace(/\([^()]*\)/g, '');
  return plain === heading ? [heading] : [heading, plain];
}
