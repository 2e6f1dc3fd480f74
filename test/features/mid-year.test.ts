import { strFromU8, unzipSync } from 'fflate';
import { writeXlsx } from 'hucre';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withTransaction } from '#db/transaction';
import { readBlob } from '#domain/blobs/store';
import { checkTasks, type RosterView } from '#domain/workbook-import/check-tasks';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { inDatabase, itemOf, trailOf } from './given-books.ts';
import { recount } from './recount-ledger.ts';

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-09-10 10:00' });
});
afterAll(() => it.close());

const header = [
  ...['序号', '任务名称', '责任单位', '完成时限', '指标', '目标值', '计量单位', '现状值', '已完成值', '完成率', '完成情况', '办结日期', '责任人'],
] as const;
const sheet = [
  ['党-901', '甲', '南屿办事处', '2026-06-30', '', '', '', '', '', '', '已办结', '2026-06-26'],
  ['党-902', '乙', '南屿办事处', '2026-12-18', '签约', '216', '户', '0', '120', 0.6, '正在推进', '', '方伟'],
  ['党-903', '丙', '南屿办事处', '2026-08-31', '', '', '', '', '', '70%', '滞后', ''],
  ['管-901', '丁', '住建局', '2026-07-31', '', '', '', '', '', 1, '已完成', ''],
  ['管-902', '戊', '住建局', '2026-06-30', '', '', '', '', '', '', '已销号', '2026-07-08'],
  ['管-903', '己', '住建局', '2026-11-30', '', '', '', '', '', '', '是', ''],
];
const send = async (who: string, fileName: string, rows: readonly (readonly (string | number)[])[]): Promise<string> => {
  const bytes = await writeXlsx({ sheets: [{ name: '重点任务', rows: [[...header], ...rows.map((cells) => [...cells])] }] });
  await it.person(who).sendsFile(fileName, bytes);
  return textOfCard(it.person(who).lastCard());
};
const heard = (name: string): string => it.person(name).cards().map(textOfCard).join('\n');

const against = {
  roster: {
    units: [
      { code: 'U09', name: '住房和建设局', shortName: '住建', aliases: ['住建局'], kind: 'bureau', position: 9, leaderName: null, active: true },
    ],
    people: [],
  } as unknown as RosterView,
  calendar: { exceptions: new Map(), knownYears: new Set([2026]) },
  baseYear: 2026,
  today: '2026-09-10',
  taken: [],
};

describe('年中启用，全年的表带着办到哪里', () => {
  test('预检：说出已办结几项、带进度几项；已办结的不算时限已过，没有写办结日期的怎样记也说出来；还没有写入', async () => {
    const text = await send('林晓', '2026年重点工作任务.xlsx', sheet);
    expect(text).toContain('可导入6');
    expect(text).toContain('其中启用前已办结4项、带进度2项');
    expect(text).toContain('1项的时限已过');
    expect(text).toContain('已办结而没有写办结日期的，按时限当天办结；时限还没到的，按今天');
    expect(text).toContain('将写入6项任务（其中启用前已办结4项、带进度2项，1项时限已过）');
    expect(await inDatabase(it, (db) => db.workItem.count())).toBe(0);
  });

  test('审定卡写明随表带入多少、谁带入的；下达之后已办结的就在台账里，没有谁要签收它', async () => {
    await it.person('林晓').clicks('确认导入');
    expect(textOfCard(it.person('周启明').lastCard())).toContain('其中启用前已办结4项、带进度2项，由林晓随表带入，请一并审定');
    await it.person('周启明').clicks('审定');
    await it.person('周启明').clicks('下达');
    await it.settled();
    expect(await itemOf(it, '党-901')).toMatchObject({ status: 'completed', percent: 100, completedAt: new Date('2026-06-26T00:00:00+08:00') });
    expect(await itemOf(it, '管-901')).toMatchObject({ status: 'completed', completedAt: new Date('2026-07-31T00:00:00+08:00') });
    expect(await itemOf(it, '党-902')).toMatchObject({ status: 'issued', percent: 60, metrics: [{ baseline: 0, current: 120, target: 216 }] });
    expect(await itemOf(it, '党-903')).toMatchObject({ status: 'issued', percent: 70 });
    expect((await itemOf(it, '管-903')).completedAt).toEqual(new Date('2026-09-10T00:00:00+08:00'));
    expect(await documentOf('U31')).toContain('甲（2026年6月26日已办结）');
    const needless = await documentOf('U09');
    expect(needless).toContain('你单位已办结的3项');
    expect(needless).not.toMatch(/回执|签收。请/);
    expect(await trailOf(it, '党-901')).toEqual(['林晓 carryOver →100', '周启明 issueClosed draft→completed']);
    await it.person('林晓').says('党-901');
    expect(textOfCard(it.person('林晓').lastCard())).toMatch(/已办结[\s\S]*林晓随任务表带入（完成100%）：启用前已办结，2026-06-26[\s\S]*周启明下达/);
  });

  test('台账、简报的数一样：共6项、已办结4，办理中2；启用前办结的不是今天办结的，按时的照办结日期算，也不亮红灯', async () => {
    await it.person('林晓').says('台账');
    const ledger = textOfCard(it.person('林晓').lastCard());
    expect(ledger).toMatch(/6项｜已办结4｜办理中2/);
    // 党-901按时，管-901没有写办结日期、按时限当天，管-902迟了；党-903还没有办结。
    expect(ledger).toMatch(/应办结4｜办结3 75\.00%｜按时2 50\.00%｜逾期1/);
    await it.person('林晓').says('简报');
    const digest = textOfCard(it.person('林晓').lastCard());
    expect(digest).toContain('6项｜已办结4｜办理中2');
    expect(digest).toContain('今日 办结0');
    await it.person('林晓').says('台账 截至9月9日');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('0项｜已办结0');
    const recounted = await inDatabase(it, (db) => recount(db, it.clock.now()));
    expect(recounted.map(({ code, light, overdue }) => [code, light, overdue])).toEqual([
      ['党-901', 'blue', false],
      ['党-902', 'green', false],
      ['党-903', 'red', true],
      ['管-901', 'blue', false],
      ['管-902', 'blue', false],
      ['管-903', 'blue', false],
    ]);
    const lights = await inDatabase(it, (db) => db.lightChange.findMany({ where: { to: { not: 'blue' } } }));
    const closed = await inDatabase(it, (db) => db.workItem.findMany({ where: { status: 'completed' }, select: { id: true } }));
    expect(closed).toHaveLength(4);
    expect(lights.filter(({ itemId }) => closed.some(({ id }) => id === itemId))).toEqual([]);
  });

  test('全是已办结的一本，不用签收：卡片上没有按钮，签收情况不算它，到了签收时限也不催它', async () => {
    const unsigned = await inDatabase(it, (db) => db.taskBook.findFirstOrThrow({ where: { unitCode: 'U09' } }));
    expect(unsigned).toMatchObject({ itemCount: 3, status: 'issued' });
    const people = await staff('U09');
    expect(people.length).toBeGreaterThan(1);
    for (const name of people) {
      expect(textOfCard(it.person(name).lastCard())).toContain('这些事项都已了结，不用签收，也不用反馈');
      expect(JSON.stringify(it.person(name).lastCard())).not.toContain('task-books.acknowledge');
    }
    await it.person('林晓').says('签收情况');
    expect(textOfCard(it.person('林晓').lastCard())).toMatch(/已签收0\/1，待签收：南屿办事处[\s\S]*没有要签收的1家：住房和建设局/);
    await it.moveTo('2026-09-14 09:05');
    for (const name of people) expect(heard(name)).not.toContain('签收提醒');
    expect(heard('曾小雨')).toContain('签收提醒');
    await it.person('曾小雨').clicks('签收');
    await it.person('林晓').says('签收情况');
    expect(textOfCard(it.person('林晓').lastCard())).toContain('已下达2份，已签收1/1');
    expect((await itemOf(it, '党-901')).status).toBe('completed');
  });

  test('办了一半的从带入的数往下报：进度、指标少了要写原因', async () => {
    const reports = it.person('方伟');
    await reports.says('我的任务');
    await reports.clicks('反馈', { within: '乙' });
    expect(await reports.clicks('提交反馈', { form: { metric1: '118', percent: '60', content: '续签' } })).toMatchObject({
      toast: { content: '签约由120户降为118户，请填写“下调原因”后再提交' },
    });
    expect(await reports.clicks('提交反馈', { form: { metric1: '125', percent: '50', content: '续签' } })).toMatchObject({
      toast: { content: '完成百分比由60%降为50%，请填写“下调原因”后再提交' },
    });
    expect(await reports.clicks('提交反馈', { form: { metric1: '130', percent: '62', content: '续签10户' } })).toMatchObject({
      toast: { content: '已提交，待单位审签' },
    });
  });

  test('此后一个月，已办结的四项没有一条提醒', async () => {
    await it.moveTo('2026-10-12 09:05');
    const closed = await inDatabase(it, (db) => db.workItem.findMany({ where: { status: 'completed' }, select: { id: true } }));
    const sends = await inDatabase(it, (db) => db.reminderSend.findMany());
    expect(sends.length).toBeGreaterThan(0);
    expect(sends.filter(({ subjectId }) => closed.some(({ id }) => id === subjectId))).toEqual([]);
  });

  test('改了再发同样的编号，不导入，也就不会把进度改回去；增补的照样带', async () => {
    const again = await send('何俊', '2026年重点工作任务-再发.xlsx', [
      ['党-902', '乙', '南屿办事处', '2026-12-18', '签约', '216', '户', '0', '90', '40%', '', ''],
    ]);
    expect(again).toContain('2026年已有党-902');
    expect(await itemOf(it, '党-902')).toMatchObject({ percent: 60, metrics: [{ current: 120 }] });
  });
});

describe('带入的列，各处的表头', () => {
  test.each([
    ['截至8月底进展情况', '已办结', 'closed'],
    ['1-8月完成率', '45%', 'underWay'],
    ['目前工作进展情况', '已完成45%', 'underWay'],
    ['完成进度（%）', 45, 'underWay'],
    ['是否办结', '是', 'closed'],
    ['是否办结', '否', null],
  ])('“%s”写“%s”', async (heading, value, kind) => {
    const cells = ['管-981', '事', '住建局', '2026-12-18', value];
    const { rows } = checkTasks([{ name: '管委会', rows: [['序号', '任务名称', '牵头单位', '完成时限', heading], cells] }], against);
    expect(rows[0]?.completedAt !== undefined ? 'closed' : rows[0]?.percent === 45 ? 'underWay' : null).toBe(kind);
  });

  test('“基期值”旁边的“当前值”是完成到哪里；单独一列“当前值”照旧是基数', () => {
    const check = (headings: string[], values: number[]) =>
      checkTasks(
        [
          {
            name: '管委会',
            rows: [
              ['序号', '任务名称', '牵头单位', '完成时限', '指标', '目标值', ...headings],
              ['管-981', '事', '住建局', '2026-12-18', '签约', 216, ...values],
            ],
          },
        ],
        against,
      ).rows[0]?.metrics[0];
    expect(check(['基期值', '当前值'], [10, 120])).toMatchObject({ baseline: 10, current: 120 });
    expect(check(['当前值'], [120])).toMatchObject({ baseline: 120, current: 120 });
    expect(check(['现状值', '已完成值'], [0, 120])).toMatchObject({ baseline: 0, current: 120 });
  });
});

describe('带入的写法，各有各的', () => {
  const check = async (who: string, no: number, row: readonly (string | number)[]): Promise<string> =>
    send(who, `2026年增补${no}.xlsx`, [[`管-91${no}`, `事${no}`, '住建局', '2026-12-18', ...row]]);

  test('自相矛盾的不猜，指到那一格', async () => {
    expect(await check('林晓', 1, ['', '', '', '', '', '60%', '已办结', ''])).toContain('J2（管-911）：写了已办结，进度是60%。请核对是哪一个');
    expect(await check('林晓', 2, ['', '', '', '', '', '', '正在推进', '2026-09-01'])).toContain('写了办结日期，完成情况是“正在推进”');
    expect(await check('周启明', 3, ['', '', '', '', '', '', '', '2026-11-01'])).toContain('办结日期2026-11-01还没有到');
    expect(await check('周启明', 4, ['', '', '', '', '', '大部分', '', ''])).toContain('“大部分”不是百分数');
    expect(await check('何俊', 5, ['', '', '', '', '', '160%', '', ''])).toContain('进度写成160%。请写0到100');
  });

  test('一段话的进展不导入，也不悄悄丢下；像是说办结的，提醒只写“已办结”', async () => {
    const text = await check('李雅雯', 6, ['', '', '', '', '', '', '已完成主体施工，正在装修', '']);
    expect(`${text}${it.person('李雅雯').texts().at(-1)}`).toContain('您无权');
    const seen = await check('何俊', 7, ['', '', '', '', '', '', '已完成主体施工，正在装修', '']);
    expect(seen).toContain('“已完成主体施工，正在装修”没有读作已办结');
    expect(seen).toContain('只看办结没有、完成百分之几，其余的文字不导入');
    expect(seen).not.toContain('其中');
    expect(await check('周启明', 8, ['', '', '', '', '', '', '场地平整完成70%，正在打桩', ''])).toContain(
      '里的百分数没有读作进度。请在“完成率”一列写上',
    );
  });
});

/** 下达的任务书文件里的字 */
async function documentOf(unitCode: string): Promise<string> {
  const { documentBlobId } = await inDatabase(it, (db) => db.taskBook.findFirstOrThrow({ where: { unitCode } }));
  const bytes = await withTransaction(it.app.database, (tx) => readBlob(tx, documentBlobId ?? ''));
  return strFromU8(unzipSync(bytes)['word/document.xml'] ?? new Uint8Array()).replace(/<[^>]+>/g, '');
}

async function staff(unitCode: string): Promise<string[]> {
  const posts = await inDatabase(it, (db) =>
    db.post.findMany({
      where: { unitCode, role: { in: ['unitHead', 'liaison'] }, backup: false },
      include: { holdings: { include: { person: true } } },
    }),
  );
  return posts.flatMap(({ holdings }) => holdings.map(({ person }) => person.name));
}
