import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors';
import type { CellValue, SheetData } from '#core/workbook';
import { checkTasks, type RosterView } from '#domain/workbook-import/check-tasks';
import { isTaskSheet } from '#domain/workbook-import/task-sheet';

const unit = (code: string, name: string, shortName: string, kind = '局'): RosterView['units'][number] => ({
  code,
  name,
  shortName,
  aliases: [`${shortName}局`],
  kind,
  leaderName: '王海峰',
  chatName: null,
});
const post = (postId: string, unitCode: string, role: string) => ({ postId, unitCode, role });
const roster: RosterView = {
  units: [
    unit('U09', '住房和建设局', '住建'),
    unit('U10', '城市管理和综合执法局', '城管'),
    unit('U29', '东湾办事处', '东湾', '办事处'),
    unit('U31', '南屿办事处', '南屿', '办事处'),
  ],
  people: [
    { name: '马骁', mobile: '19900001111', posts: [post('p1', 'U09', 'responsiblePerson')] },
    { name: '刘畅', mobile: '19900002222', posts: [post('p2', 'U09', 'liaison')] },
    { name: '蔡晓琳', mobile: '19900003333', posts: [post('p3', 'U09', 'responsiblePerson')] },
  ],
};
const read = (rows: CellValue[][], name = '管委会', against = roster) =>
  checkTasks([{ name, rows }], {
    roster: against,
    calendar: { exceptions: new Map(), knownYears: new Set([2026]) },
    baseYear: 2026,
    today: '2026-05-28',
    taken: [],
  });

const header = ['序号', '任务名称', '牵头单位', '配合单位', '责任人', '联络员', '联络员电话', '完成时限'];
const task = ['管-001', '老旧小区改造', '住建局', '城管局', '马骁', '刘畅', '199-0000-2222', '6月底前'];
const expected = {
  code: '管-001',
  title: '老旧小区改造',
  leadUnit: 'U09',
  supportingUnits: ['U10'],
  responsiblePostId: 'p1',
  liaisonPostId: 'p2',
  dueOn: '2026-06-30',
};
const blank = (count: number): null[] => Array(count).fill(null);

describe('表头怎么排都读得到同样的任务', () => {
  const reversed = (cells: CellValue[]): CellValue[] => [...cells].reverse();
  test.each<[string, CellValue[][]]>([
    ['一行表头', [header, task]],
    ['列的次序颠倒', [reversed(header), reversed(task)]],
    [
      '上面有标题、文号和空行',
      [['2026年重点工作任务表', ...blank(7)], ['滨湾办发〔2026〕8号', ...blank(7)], [], [null, null, '单位：项'], header, task],
    ],
    ['标题横贯全表（合并格填满）', [Array(8).fill('重点工作任务'), header, task]],
    [
      '表头里有换行、空格、全角、星号和说明',
      [['序 号', '*任务名称', '牵头\n单位', '配合单位（全称）', '责任人：', '联络员', '联络员\n电话', '完成时限（年/月/日）'], task],
    ],
    ['办公室的别的叫法', [['编号', '重点任务', '主办单位', '协办单位', '具体责任人', '联系人', '联系电话', '办结时限'], task]],
    ['只有责任单位，不叫牵头单位', [['序号', '工作任务', '责任单位', '配合部门', '责任人', '联络人', '联系方式', '完成时间'], task]],
    [
      '两行表头：责任单位之下是牵头、配合，联络员之下是姓名、电话（合并格填满）',
      [
        ['序号', '任务名称', '责任单位', '责任单位', '责任人', '联络员', '联络员', '完成时限'],
        ['序号', '任务名称', '牵头', '配合', '责任人', '姓名', '电话', '完成时限'],
        task,
      ],
    ],
    [
      '两行表头，没有合并格可认（csv）',
      [
        ['序号', '任务名称', '责任单位', null, '责任人', '联络员', null, '完成时限'],
        [null, null, '牵头单位', '配合单位', null, '姓名', '联系电话', null],
        task,
      ],
    ],
    [
      '姓名和电话写在一格',
      [
        ['序号', '任务名称', '牵头单位', '配合单位', '责任人', '联络员及电话', '完成时限'],
        ['管-001', '老旧小区改造', '住建局', '城管局', '马骁', '刘畅 199-0000-2222', '6月底前'],
      ],
    ],
    ['中间重复了表头（每页都印）', [header, header, task]],
  ])('%s', (_, rows) => {
    const check = read(rows);
    expect(check.errors).toEqual([]);
    expect(check.rows).toMatchObject([expected]);
    expect(check.total).toBe(1);
  });

  test('责任人的电话不是联络员的电话', () => {
    const { rows, assumptions } = read([
      ['序号', '任务名称', '牵头单位', '责任人', '责任人', '联络员', '联络员', '完成时限'],
      ['序号', '任务名称', '牵头单位', '姓名', '电话', '姓名', '电话', '完成时限'],
      ['管-001', '老旧小区改造', '住建局', '马骁', '19900001111', '刘畅', '19900002222', '6月底'],
    ]);
    expect(rows).toMatchObject([{ responsiblePostId: 'p1', liaisonPostId: 'p2' }]);
    expect(assumptions[0]).toBe('工作表“管委会”没有用到的列：E列“责任人·电话”');
  });

  test('第一项任务的编号空着，也不会被当成第二行表头', () => {
    const { errors } = read([header, [null, ...task.slice(1)]]);
    expect(errors.map(({ cell, rule }) => [cell, rule])).toEqual([['A2', '序号']]);
  });
});

describe('没有读的都说出来', () => {
  test('不认识的列、没有表头的列，一张表一句', () => {
    const { rows, assumptions } = read([
      [...header, '上年得分', null],
      [...task, '50%', '张三'],
    ]);
    expect(rows).toHaveLength(1);
    expect(assumptions[0]).toBe('工作表“管委会”没有用到的列：I列“上年得分”、J列“没有表头”');
  });

  test('小标题、合计和表底的说明不是任务；没有类别一列时，小标题就是类别', () => {
    const section = '一、城市建设（1项）';
    const { rows, total, assumptions } = read([
      header,
      Array(8).fill(section),
      task,
      ['二、民生', ...blank(7)],
      ['管-002', ...task.slice(1)],
      ['合计', 2, ...blank(6)],
      ['填表人：李四', null, '审核人：王五', ...blank(5)],
      ['备注：以上时限含当日', ...blank(7)],
    ]);
    expect(total).toBe(2);
    expect(rows.map(({ code, category }) => [code, category])).toEqual([
      ['管-001', '城市建设'],
      ['管-002', '民生'],
    ]);
    expect(assumptions[0]).toBe(
      '工作表“管委会”不是任务的行，小标题作为其下各行的类别：第2行“一、城市建设（1项）”、第4行“二、民生”、第6行“合计”、第7行“填表人：李四”、第8行“备注：以上时限含当日”',
    );
  });

  test('只填了序号的行是没填完的任务，不是小标题', () => {
    const { errors, total } = read([header, ['管-001', ...blank(7)]]);
    expect(total).toBe(1);
    expect(errors.map(({ rule }) => rule)).toEqual(['必填', '必填', '必填']);
  });
});

describe('少了必有的列：一句话说出是哪一列', () => {
  const refusal = (rows: CellValue[][]): string => {
    try {
      read(rows);
    } catch (error) {
      if (error instanceof AppError) return error.publicMessage;
      throw error;
    }
    return '';
  };
  test.each([
    [0, '序号', '编号'],
    [1, '任务名称', '重点任务'],
    [2, '牵头单位', '责任单位'],
    [7, '完成时限', '完成时间'],
  ])('第%d列换了个认不出的名字', (at, heading, other) => {
    const renamed = header.map((title, column) => (column === at ? '某某' : title));
    expect(isTaskSheet({ name: '管委会', rows: [renamed, task] })).toBe(true);
    const said = refusal([['年度任务'], renamed, task]);
    expect(said).toContain(`工作表“管委会”的表头（第2行）缺少“${heading}”一列`);
    expect(said).toContain(other);
    expect(said).toContain(`${'ABCDEFGH'[at]}列“某某”`);
    expect(said).toContain('没有写入任何数据');
  });

  test.each<[string, CellValue[]]>([
    ['项目分解表', ['编号', '部分', '事项', '任务', '责任党员', '联系电话', '开始日期', '完成时限', '是否必办', '佐证材料', '备注']],
    ['需求库', ['编号', '需求名称', '提出单位', '领域', '现状和难点', '目标要求', '难度', '建议时限', '奖励', '是否张榜', '张榜编号']],
    ['花名册', ['姓名', '手机号', '单位代码', '岗位', '角色', '分管领域', '备注']],
    ['进度快照', ['编号', '任务', '完成百分比', '状态']],
  ])('%s不会被认成任务表', (name, titles) => {
    const sheet: SheetData = { name, rows: [titles, titles.map(() => '甲')] };
    expect(isTaskSheet(sheet)).toBe(false);
  });
});

describe('单位、人员和编号的写法', () => {
  const row = (changes: Record<number, CellValue>): CellValue[] => task.map((cell, at) => (at in changes ? (changes[at] ?? null) : cell));
  const lead = (text: string) => {
    const { rows, errors, assumed } = read([header, row({ 2: text, 3: null })]);
    return {
      units: rows[0] && [rows[0].leadUnit, ...rows[0].supportingUnits],
      errors,
      notes: assumed.filter(({ cell }) => cell === 'C2').map(({ message }) => message),
    };
  };

  test.each([
    ['住房和建设局', ['U09']],
    [' 住房和\n建设局 ', ['U09']],
    ['住建', ['U09']],
    ['Ｕ０９', ['U09']],
    ['住建局。', ['U09']],
  ])('“%s”是住房和建设局，不作假定', (text, units) => {
    expect(lead(text)).toEqual({ units, errors: [], notes: [] });
  });

  test.each([
    ['住建局、城管局', '住建局、城管局 → 住建牵头，城管配合'],
    ['住建局\n城管局', '住建局 城管局 → 住建牵头，城管配合'],
    ['住建局 城管局', '住建局 城管局 → 住建牵头，城管配合'],
    ['住房和建设局和城管局', undefined],
    ['住建局会同城管局', '住建局会同城管局 → 住建牵头，城管配合'],
    ['住建局（牵头）、城管局', '住建局（牵头）、城管局 → 住建牵头，城管配合'],
    ['城管局（配合），住建局（牵头）', '城管局（配合），住建局（牵头） → 住建牵头，城管配合'],
    ['牵头单位：住建局；配合单位：城管局', '牵头单位：住建局；配合单位：城管局 → 住建牵头，城管配合'],
  ])('“%s”：先写的牵头，其余配合，并说明', (text, note) => {
    if (note === undefined) expect(lead(text).errors).toMatchObject([{ rule: '单位不在花名册' }]);
    else expect(lead(text)).toEqual({ units: ['U09', 'U10'], errors: [], notes: [note] });
  });

  test('几个牵头单位里有一个认不出：指出那一个，不猜', () => {
    expect(lead('住建局、海洋局(筹)').errors).toMatchObject([{ cell: 'C2', message: '“海洋局(筹)”不在花名册' }]);
    expect(lead('各办事处').errors).toMatchObject([{ rule: '只能有一个牵头单位' }]);
  });

  test('配合单位写“各办事处”是指全部办事处；写“各有关单位”请写明', () => {
    const { rows, assumptions } = read([header, row({ 3: '城管局、各办事处' })]);
    expect(rows[0]?.supportingUnits).toEqual(['U10', 'U29', 'U31']);
    expect(assumptions).toContain('各办事处 → 东湾、南屿');
    expect(read([header, row({ 3: '各单位' })]).rows[0]?.supportingUnits).toEqual(['U10', 'U29', 'U31']);
    expect(read([header, row({ 3: '城管局、各有关单位' })]).errors).toMatchObject([{ message: '“各有关单位”没有写明是哪些单位' }]);
    expect(read([header, row({ 3: '无' })]).rows[0]?.supportingUnits).toEqual([]);
    expect(read([header, row({ 3: '住建局、城管局、城管局' })]).rows[0]?.supportingUnits).toEqual(['U10']);
  });

  test('责任人写了职务、写了两个人，电话里有座机', () => {
    expect(read([header, row({ 4: '马骁（科长）' })]).rows).toMatchObject([{ responsiblePostId: 'p1' }]);
    const two = read([header, row({ 4: '蔡晓琳、马骁' })]);
    expect(two.rows).toMatchObject([{ responsiblePostId: 'p3' }]);
    expect(two.assumptions).toContain('蔡晓琳、马骁 → 蔡晓琳（写了2个责任人，记第一个）');
    expect(read([header, row({ 6: '0755-88881234、199 0000 2222' })]).rows).toMatchObject([{ liaisonPostId: 'p2' }]);
    expect(read([header, row({ 6: 19_900_002_222 })]).rows).toMatchObject([{ liaisonPostId: 'p2' }]);
  });

  test('同名的两个人：不猜是谁，请注明职务；注明了的就是那一位', () => {
    const titled = (postId: string, title: string) => ({ ...post(postId, 'U09', 'responsiblePerson'), title });
    const namesakes: RosterView = {
      ...roster,
      people: [
        ...roster.people,
        { name: '梁云舒', mobile: '19900004444', posts: [titled('p4', '物业科科长')] },
        { name: '梁云舒', mobile: '19900005555', posts: [titled('p5', '城市更新科科长'), titled('p6', '专班副组长')] },
        { name: '梁云舒', mobile: '19900006666', posts: [{ ...post('p7', 'U10', 'responsiblePerson'), title: '市容科科长' }] },
      ],
    };
    const among = (written: string) => read([header, row({ 4: written })], '管委会', namesakes);
    expect(among('梁云舒').errors).toMatchObject([
      {
        cell: 'E2',
        rule: '同名',
        message: '住建有2位梁云舒：物业科科长、城市更新科科长',
        suggestion: '请在姓名后注明职务，例如“梁云舒（物业科科长）”',
      },
    ]);
    expect(among('梁云舒（城市更新科）').rows).toMatchObject([{ responsiblePostId: 'p5' }]);
    expect(among('马骁、梁云舒').rows).toMatchObject([{ responsiblePostId: 'p1' }]);
    expect(among('梁云舒、马骁').errors).toMatchObject([{ rule: '同名' }]);
  });

  test('联络员的电话是别的单位的人的：不收，说出是谁', () => {
    const elsewhere: RosterView = {
      ...roster,
      people: [...roster.people, { name: '曾小雨', mobile: '19900007777', posts: [post('p8', 'U31', 'liaison')] }],
    };
    expect(read([header, row({ 5: '曾小雨', 6: '19900007777' })], '管委会', elsewhere).errors).toMatchObject([
      { cell: 'G2', rule: '人员不在本单位', message: '曾小雨在住建没有岗位，不能作它的联络员' },
    ]);
  });

  test.each([
    ['管-001', '管-001'],
    ['管001', '管-001'],
    ['管委会-12', '管-012'],
    ['党工委 7', '党-007'],
    ['管—０６３', '管-063'],
    ['管-12345', '管-12345'],
    ['党-第9号', '党-009'],
  ])('序号“%s”是%s', (written, code) => {
    expect(read([header, row({ 0: written })]).rows).toMatchObject([{ code }]);
  });

  test('序号只有数字时，类别字取自工作表名；工作表名里没有就报错', () => {
    const { rows, assumptions } = read([header, row({ 0: 3 })], '党工委');
    expect(rows).toMatchObject([{ code: '党-003', series: '党', number: 3 }]);
    expect(assumptions[0]).toBe('工作表“党工委”的序号只有数字 → 编号写作“党-001”这样');
    expect(read([header, row({ 0: 3 })], 'Sheet1').errors).toMatchObject([{ rule: '序号' }]);
  });

  test('读法逐格记下，也汇总给卡片', () => {
    const { assumed, assumptions } = read([header, row({ 2: '住建局、城管局' })]);
    expect(assumed.map(({ sheet, cell, code, message }) => [sheet, cell, code, message])).toEqual([
      ['管委会', 'C2', '管-001', '住建局、城管局 → 住建牵头，城管配合'],
      ['管委会', 'H2', '管-001', '6月底 → 2026-06-30'],
    ]);
    expect(assumptions).toEqual(['住建局、城管局 → 住建牵头，城管配合', '6月底 → 2026-06-30']);
  });

  test('时限早于本年度的只提醒；写着“无”的指标和带单位的目标值都读得懂', () => {
    const { rows, warnings } = read([
      [...header, '量化指标', '目标值', '计量单位', '现状值'],
      [...row({ 7: '2025-12-31' }), '固投', '1,260.5', null, '30%'],
      [...row({ 0: '管-002', 7: '2026-06-30' }), '签约；拆除', '120宗；120', '', '114；91'],
    ]);
    expect(warnings).toMatchObject([{ cell: 'H2', rule: '时限的年份', message: '完成时限2025-12-31不在2026年之后' }]);
    expect(rows.map(({ metrics }) => metrics.map(({ target, unit, current }) => [target, unit, current]))).toEqual([
      [[1260.5, '', 30]],
      [
        [120, '宗', 114],
        [120, '', 91],
      ],
    ]);
  });
});
