import { afterAll, beforeAll, expect, test } from 'vitest';
import { agreeObserver } from '#cards/review/actions';
import { press } from '../faults/press.ts';
import { startTestApp, type TestApp, textOfCard } from '../harness.ts';
import { sendPlan, signIn } from './review-hall.ts';

// 名册锁定之后监督员离任：两个人换一位，场次走得下去。

let it: TestApp;
beforeAll(async () => {
  it = await startTestApp({ at: '2026-12-18 14:00' });
});
afterAll(() => it.close());

const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
  (await it.app.database.pool.query(sql, [...values])).rows as Row[];
const secretary = () => it.person('沈澄');
const chief = () => it.person('周启明');
const leaves = (name: string) =>
  query(
    `UPDATE "PostHolding" SET "toOn" = '2026-12-17' WHERE "personId" = (SELECT id FROM "Person" WHERE name = $1)
     AND "postId" IN (SELECT id FROM "Post" WHERE role = 'observer')`,
    [name],
  );
const takesOffice = (name: string) =>
  query(
    `INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn")
     SELECT 'watch-' || p.id, post.id, p.id, '2026-12-18' FROM "Post" post, "Person" p WHERE post.role = 'observer' AND p.name = $1 LIMIT 1`,
    [name],
  );
/** 说一句，答的话 */
async function said(name: string, words: string): Promise<string> {
  const person = it.person(name);
  const [texts, cards] = [person.texts().length, person.cards().length];
  await person.says(words);
  return [...person.texts().slice(texts), ...person.cards().slice(cards).map(textOfCard)].join('\n');
}
const desk = (): Promise<string> => said('沈澄', '述职');
const state = async (): Promise<string> => (await query<{ state: string }>('SELECT state FROM "ReviewSession"'))[0]?.state ?? '';

test('锁定之后罗静离任，还没有取数：主持台说出来，场务秘书提出，督查室主任同意，接替的人取数，当即开签；在任的、自己、不是监督员的都换不得', async () => {
  await sendPlan(it, { units: 1 });
  await secretary().clicks('确认方案');
  await secretary().clicks('锁定名册');
  expect(await desk()).not.toContain('换监督员 罗静');
  await takesOffice('谢静怡');
  expect(await said('沈澄', '述职 换监督员 罗静 谢静怡')).toContain('罗静还在任监督员，不能换。人来不了的，请系统管理员先移交监督员的岗位');
  await leaves('罗静');
  expect(await desk()).toContain('监督员罗静已不在任或没有账号，取不了数、确认不了票数。请发“述职 换监督员 罗静 接替的人”');
  expect(await said('沈澄', '述职 换监督员 罗静')).toContain('请写明换成谁，可以换成：谢静怡');
  expect(await said('沈澄', '述职 换监督员 罗静 白露')).toContain('白露不能接替，可以换成：谢静怡');
  expect(await said('沈澄', '述职 换监督员 王海峰 谢静怡')).toContain('这一场的监督员里没有王海峰，有罗静、白露、石磊');
  expect(await said('白露', '述职 换监督员 罗静 谢静怡')).toContain('您无权');
  expect(await said('沈澄', '述职 换监督员 罗静 谢静怡')).toMatch(/已请.*周启明.*同意，其中一位同意就由谢静怡接替罗静/);
  expect(await desk()).toContain('已请主要领导、督查室主任同意由谢静怡接替');
  const asked = textOfCard(chief().lastCard());
  for (const words of ['监督员罗静已不在任，请谢静怡接替吗', '沈澄']) expect(asked).toContain(words);
  // 提出的人自己也管放行，照样同意不得。
  await query(
    `INSERT INTO "PostHolding" (id, "postId", "personId", "fromOn") SELECT 'chief', post.id, p.id, '2026-12-18' FROM "Post" post, "Person" p
     WHERE post.role = 'chiefInspector' AND p.name = '沈澄' LIMIT 1`,
  );
  const [ids] = await query<{ sessionId: string; toId: string }>(
    `SELECT id AS "sessionId", (SELECT id FROM "Person" WHERE name = '谢静怡') AS "toId" FROM "ReviewSession"`,
  );
  const given = { openId: secretary().person.openId, action: agreeObserver.name, payload: ids ?? {} };
  expect((await press(`http://127.0.0.1:${it.app.port}`, it.world.connection, it.clock.now(), given)).text).toBe(
    '提出的人不能自己同意，须另一位放行结果的人同意',
  );
  await query(`DELETE FROM "PostHolding" WHERE id = 'chief'`);
  // 没有同意之前，谁也不是。
  expect(await said('谢静怡', '述职')).not.toContain('提交取数');
  expect(await chief().clicks('同意更换')).toMatchObject({ toast: { content: '已由谢静怡接替罗静' } });
  expect(
    await chief()
      .clicks('同意更换')
      .catch(() => 'gone'),
  ).toBe('gone');
  expect(it.person('谢静怡').texts().at(-1)).toContain('您接替罗静担任SZ-2026-12-18');
  expect(it.group('述职测评监督员群').messages().at(-1)?.content).toContain('监督员罗静由谢静怡接替');
  for (const [index, name] of ['白露', '石磊', '谢静怡'].entries())
    await it.person(name).clicks('提交取数', { form: { number: ['371920', '084415', '559003'][index] ?? '' } });
  expect(await state()).toBe('drawn');
  expect(await desk()).not.toContain('换监督员');
});

test('计票之后白露的账号没有了，石磊已经确认：只换得了白露的一席；换上的确认了，才放行；结果和留痕里写着谁换了谁、谁提出、谁同意', {
  timeout: 120_000,
}, async () => {
  await secretary().clicks('开始签到');
  const voters = await query<{ name: string }>(`SELECT name FROM "ReviewVoter" WHERE channel = 'card' AND name <> '谢静怡' ORDER BY position`);
  await signIn(
    it,
    voters.map(({ name }) => name),
  );
  await secretary().clicks('登记来宾');
  await secretary().clicks('登记到会', { form: {} });
  for (const step of ['开场', '开始述职', '开始问答', '开放测评']) await secretary().clicks(step);
  for (const [index, { name }] of voters.entries()) await it.person(name).clicks(index % 3 ? '优秀' : '良好');
  await secretary().clicks('关闭测评');
  // 提出了作废、监督员还没有答复：主持台说出来，计票要再问一句。
  await secretary().clicks('作废重测');
  await secretary().clicks('提出作废', { form: { reason: '有人没有收到' } });
  const waiting = await desk();
  for (const words of [/已提出作废\S+第1轮，等监督员同意；计票之后不能再作废。/, /有人提出作废，监督员还没有答复/]) expect(waiting).toMatch(words);
  await secretary().clicks('计票');
  await it.person('石磊').clicks('确认票数');
  await query(`UPDATE "Person" SET "openId" = NULL WHERE name IN ('白露', '石磊')`);
  // 石磊也走了，可他确认过：不用换，主持台也不提。
  expect(await desk()).toMatch(/监督员白露已不在任或没有账号/);
  expect(await said('沈澄', '述职 换监督员 石磊 罗静')).toContain('石磊已经确认票数，不用换');
  await query(`DELETE FROM "PostHolding" WHERE "toOn" = '2026-12-17'`);
  await takesOffice('罗静');
  // 罗静坐过另一席：同一个名字，票数核对上分不清。
  expect(await said('沈澄', '述职 换监督员 白露 罗静')).toContain('叫罗静的监督员分不清是哪一位，请另选一位');
  await takesOffice('王海峰');
  expect(await said('沈澄', '述职 换监督员 白露 王海峰')).toContain('由王海峰接替白露');
  await chief().clicks('同意更换');
  expect(await it.person('王海峰').clicks('确认票数')).toMatchObject({ toast: { content: '已确认' } });
  expect(await it.person('谢静怡').clicks('确认票数')).toMatchObject({ toast: { content: '已确认' } });
  const released = await chief().clicks('放行：仅领导');
  expect(released).toMatchObject({ toast: { content: '已放行' } });
  const shown = textOfCard(chief().lastCard());
  for (const words of ['监督员罗静离任，由谢静怡接替（沈澄提出，周启明同意）', '监督员白露离任，由王海峰接替（沈澄提出，周启明同意）'])
    expect(shown).toContain(words);
  const trail = await query<{ event: string; detail: { from: string; to: string } }>(
    `SELECT event, detail FROM "AuditEntry" WHERE event IN ('askObserver', 'changeObserver') ORDER BY seq`,
  );
  expect(trail.map(({ event, detail }) => `${event} ${detail.from} ${detail.to}`)).toEqual([
    ...['askObserver 罗静 谢静怡', 'changeObserver 罗静 谢静怡', 'askObserver 白露 王海峰', 'changeObserver 白露 王海峰'],
  ]);
});
