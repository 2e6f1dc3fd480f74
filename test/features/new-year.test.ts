import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp, type TestPerson, textOfCard } from '../harness.ts';
import { inDatabase, issuedStage, itemOf } from './given-books.ts';

// 元旦过了，新一年的任务书要到春天才下达：这几个月办的、看的还是上一年的。
let it: TestApp;
let [zhou, lin, zeng]: TestPerson[] = [];
beforeAll(async () => {
  it = await startTestApp({ stage: await issuedStage() });
  [zhou, lin, zeng] = [it.person('周启明'), it.person('林晓'), it.person('曾小雨')];
});
afterAll(() => it.close());

const asks = async (person: TestPerson | undefined, words: string): Promise<string> => {
  await person?.says(words);
  return textOfCard(person?.lastCard());
};
const totals = (text: string): string => /\d+项｜已办结.*/.exec(text)?.[0] ?? text;

describe('跨年，新一年的任务书还没有下达', () => {
  let lastNight: string;
  beforeAll(async () => {
    await zeng?.clicks('签收');
    await it.skipTo('2026-12-31 18:00');
    lastNight = totals(await asks(lin, '台账'));
    expect(lastNight).toMatch(/^254项/);
    await it.skipTo('2027-01-05 10:00');
  });

  test('台账一项不少，写明是哪一年的；简报、签收情况、任务书、督办令都看得到', async () => {
    const ledger = await asks(lin, '台账');
    expect(totals(ledger)).toMatch(/^254项/);
    expect(ledger).toContain('2026年　全部事项');
    expect(await asks(lin, '台账 截至12月31日')).toContain('截至2026年12月31日');
    expect(totals(await asks(lin, '台账 截至12月31日'))).toBe(lastNight);
    expect(totals(await asks(lin, '简报'))).toMatch(/^254项/);
    expect(await asks(zhou, '签收情况')).toContain('31');
    expect(await asks(lin, '任务书 住建局')).toContain('2026年重点工作任务书');
    expect(await asks(lin, '住建局 红灯')).toContain('2026年　住房和建设局、红灯');
  });

  test('查事项、报数、催办、申请延期、起草督办令，编号照旧', async () => {
    expect(await asks(lin, '管-063')).toContain('管-063');
    expect(await asks(zeng, '管-063 30%')).toContain('完成30%');
    expect(await zeng?.clicks('提交反馈', { form: { content: '已签约' } })).toMatchObject({ toast: { content: '已提交，待单位审签' } });
    expect(await asks(lin, '催办 管-063')).toContain('管-063');
    expect(await asks(lin, '起草督办令 党-064')).toContain('党-064');
    // 文号按签发的那一年重新编。
    await lin?.clicks('报签发', { form: { basis: '李文博批示', requirement: '立即整改', evidence: '整改报告' } });
    expect(await zhou?.clicks('签发')).toMatchObject({ toast: { content: '已签发：湾督〔2027〕1号，正在下达' } });
    expect(await asks(lin, '督办令 1号')).toContain('湾督〔2027〕1号');
    expect(await asks(zeng, '延期 管-063')).not.toContain('没有已下达');
    expect(await asks(lin, '管-963')).toContain('2027年没有已下达的事项管-963，请核对编号');
  });

  test('17:40的简报照发；年度通报说的是上一年', async () => {
    await it.moveTo('2027-01-05 18:30');
    const said = it.world.store.chats().flatMap(({ chatId }) => it.world.store.messagesOf(chatId));
    const since = it.clock.now().getTime() - 3_600_000;
    expect(said.filter(({ createdAt, content }) => createdAt >= since && content.includes('每日简报') && content.includes('254项'))).toHaveLength(1);
    expect(await asks(zhou, '年度通报')).toContain('2026年度');
  });
});

describe('新一年的任务书下达之后', () => {
  beforeAll(async () => {
    // 住建局先下达：同样的编号，新一年的。
    await inDatabase(it, async (db) => {
      await db.$executeRaw`INSERT INTO "TaskBook" SELECT (jsonb_populate_record(b, jsonb_build_object('id', '2027-' || b.id, 'year', 2027, 'importId', null, 'issuedAt', '2027-02-01T01:05:00Z'))).*
        FROM "TaskBook" b WHERE b."unitCode" = 'U09' AND b.year = 2026`;
      await db.$executeRaw`INSERT INTO "WorkItem" SELECT (jsonb_populate_record(i, jsonb_build_object('id', '2027-' || i.id, 'year', 2027, 'bookId', '2027-' || i."bookId", 'title', '新一年的' || i.title,
        'dueOn', '2027-11-30', 'originalDueOn', '2027-11-30', 'issuedAt', '2027-02-01T01:05:00Z'))).*
        FROM "WorkItem" i WHERE i."leadUnit" = 'U09' AND i.year = 2026 AND i."parentId" IS NULL`;
    });
    await it.skipTo('2027-02-02 10:00');
  });

  test('不说年份的是新一年的；说“2026年”的是上一年的，从那份台账点开的也是', async () => {
    const code = /[党管]-\d{3}/.exec(await asks(lin, '台账 2026年 住建局'))?.[0] ?? '';
    expect(await asks(lin, code)).toContain('新一年的');
    const former = await asks(lin, `2026年${code}`);
    expect(former).toContain(code);
    expect(former).not.toContain('新一年的');
    expect(await asks(lin, '台账 2026年 住建局')).toContain('2026年　住房和建设局');
    await lin?.clicks('查看', { within: (await itemOf(it, code)).title.slice(0, 6) });
    expect(textOfCard(lin?.lastCard())).not.toContain('新一年的');
  });

  test('往年没有办结的，台账下面列几项，简报里也有一行；办完的年份不再提', async () => {
    const ledger = await asks(lin, '台账');
    expect(ledger).not.toContain('2026年　');
    expect(ledger).toMatch(/2026年的还有\d+项没有办结，发送“台账 2026年”查看/);
    const open = Number(/2026年的还有(\d+)项/.exec(ledger)?.[1]);
    expect(open).toBe(
      await inDatabase(it, (db) => db.workItem.count({ where: { year: 2026, parentId: null, status: { in: ['issued', 'inProgress'] } } })),
    );
    expect(await asks(lin, '简报')).toContain(`2026年未办结${open}项`);
    expect(await asks(lin, '简报 2026年')).toContain('要看2026年的，请发“台账 2026年”');
    // “我的任务”里两年的都在，往年的写着是哪一年的。
    const holder = await inDatabase(
      it,
      (db) =>
        db.$queryRaw<
          { name: string }[]
        >`SELECT p.name FROM "WorkItem" i JOIN "PostHolding" h ON h."postId" = i."responsiblePostId" AND h."toOn" IS NULL
        JOIN "Person" p ON p.id = h."personId" WHERE i.year = 2027 AND i.status IN ('issued', 'inProgress') ORDER BY i.code LIMIT 1`,
    );
    const mine = await asks(it.person(holder[0]?.name ?? ''), '我的任务');
    expect(mine).toMatch(/2026年[党管]-\d{3} /);
    expect(mine).toContain('新一年的');
    // 通报里也有这一行：全区的数只是今年的，往年的不致看不见。
    const bulletin = await asks(zhou, '年度通报');
    expect(bulletin).toContain('2027年度');
    expect(bulletin).toContain(`另有往年的：2026年未办结${open}项`);
    // 单位的人只数自己单位的。
    const own = await asks(it.person('曾小雨'), '台账');
    expect(Number(/2026年的还有(\d+)项/.exec(own)?.[1])).toBeLessThan(open);
  });

  test('编号写在哪里，往年的都带着年份：事项、催办、待审签、督办令；今年的不带', async () => {
    const former = await inDatabase(it, (db) =>
      db.workItem.findFirstOrThrow({ where: { year: 2026, leadUnit: 'U09', parentId: null, status: 'issued' }, orderBy: { code: 'asc' } }),
    );
    const { id, code } = former;
    const dated = `2026年${code}`;
    expect(await asks(lin, dated)).toContain(`${dated} ${former.title}`);
    expect(await asks(lin, code)).toContain(`\n${code} 新一年的`);
    // 催办的预览说的是哪一年的哪一项；发出去的卡片上也是，“查看”打开的就是它。
    const preview = await asks(lin, `催办 ${dated}`);
    expect(preview).toContain(`${dated} ${former.title}`);
    expect(preview).not.toContain('新一年的');
    await lin?.clicks('发送催办');
    await it.settled();
    const { name } = await inDatabase(it, (db) =>
      db.person.findFirstOrThrow({ where: { holdings: { some: { postId: former.liaisonPostId ?? '', toOn: null } } } }),
    );
    const liaison = it.person(name);
    expect(textOfCard(liaison.lastCard())).toContain(`${dated} ${former.title}`);
    await liaison.clicks('查看', { within: former.title.slice(0, 6) });
    expect(textOfCard(liaison.lastCard())).not.toContain('新一年的');
    // 拒绝的话说的也是哪一年的。
    expect(await asks(liaison, `${dated} 30%`)).toContain(`${dated}还没有签收，请先由主要负责人或联络员签收任务书，再反馈`);
    // 等审签的。
    await inDatabase(it, async (db) => {
      await db.workItem.update({ where: { id }, data: { status: 'inProgress' } });
    });
    await liaison.says(`${dated} 30%`);
    await liaison.clicks('提交反馈', { form: { content: '已开工' } });
    expect(textOfCard(liaison.lastCard())).toContain(`${dated} ${former.title}`);
    const head = await inDatabase(it, (db) =>
      db.person.findFirstOrThrow({ where: { holdings: { some: { post: { unitCode: 'U09', role: 'unitHead' }, toOn: null } } } }),
    );
    expect(await asks(it.person(head.name), '待审签')).toContain(dated);
    // 督办令：登记簿、令的卡片。
    expect(await asks(lin, '督办令')).toContain('2026年党-064');
    expect(await asks(lin, '督办令 1号')).toContain('2026年党-064');
  });
});
