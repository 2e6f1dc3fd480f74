import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaultKind } from '#platform/emulator/faults';
import { PlatformError, type PlatformErrorKind } from '#platform/errors';
import type { ChatPlatform } from '#platform/port';
import { callbackButton, cardWith, createScene, feedbackForm, type Scene, words } from './emulator-scene.ts';

export interface PlatformUnderTest {
  readonly platform: ChatPlatform;
  close(): Promise<void>;
}

/**
 * 平台端口的约定 — what any adapter must do. The scene is the platform behind it: the emulator's store, reached directly or over HTTP.
 * @param make builds the adapter on the scene
 */
export function describeContract(name: string, make: (scene: Scene) => Promise<PlatformUnderTest>): void {
  describe(`平台端口的约定：${name}`, () => {
    let scene: Scene;
    let under: PlatformUnderTest;
    let platform: ChatPlatform;
    let uuids = 0;
    beforeEach(async () => {
      scene = createScene();
      under = await make(scene);
      platform = under.platform;
      // 先取好令牌：下面设的故障要落在所测的调用上。
      await platform.reader.getBot();
    });
    afterEach(() => under.close());

    const uuid = (): string => {
      uuids += 1;
      return `contract-${uuids}`;
    };
    const toZhang = () => ({ person: scene.zhang.openId });
    const toGroup = () => ({ chat: scene.group.chatId });
    const card = (text = '请签收') => cardWith([words(text), callbackButton('签收', { k: 1 })]);
    const inChat = (chatId: string) => scene.store.messagesOf(chatId);
    const failure = async (work: Promise<unknown>): Promise<PlatformError> => {
      const error = await work.then(
        () => undefined,
        (caught: unknown) => caught,
      );
      expect(error).toBeInstanceOf(PlatformError);
      return error as PlatformError;
    };

    describe('发', () => {
      test('卡片发给人：落在与他的单聊里，内容一样', async () => {
        const sent = await platform.writer.send(toZhang(), { card: card() }, uuid());
        expect(sent.chatId).toBe(scene.store.findDirectChat(scene.zhang.openId)?.chatId);
        const message = scene.store.message(sent.messageId);
        expect(message).toMatchObject({ msgType: 'interactive', sender: { kind: 'bot' }, recalled: false });
        expect(JSON.parse(message?.content ?? '')).toEqual(card());
      });

      test('表单卡片、文字都能发到群里；文字里的 @ 不会真的提醒谁', async () => {
        await platform.writer.send(toGroup(), { card: cardWith([feedbackForm()]) }, uuid());
        await platform.writer.send(toGroup(), { text: '通报：<at user_id="all"></at>\n请查收' }, uuid());
        const [first, second] = inChat(scene.group.chatId);
        expect(first?.msgType).toBe('interactive');
        const { text } = JSON.parse(second?.content ?? '') as { text: string };
        expect(text).toContain('请查收');
        expect(text).not.toContain('<at');
      });

      test('文件：先上传，再发，收到的人拿到的字节不变', async () => {
        const bytes = Buffer.from([0, 255, 13, 10, 45, 45, 0xe7, 0x9d, 0xa3]);
        const { fileKey } = await platform.writer.uploadFile('台账（三季度）.xlsx', bytes);
        await platform.writer.send(toZhang(), { fileKey }, uuid());
        expect(Buffer.from(scene.store.fileBytes(fileKey) ?? [])).toEqual(bytes);
        expect(scene.store.file(fileKey)?.name).toBe('台账（三季度）.xlsx');
      });

      test('长文件：从磁盘上传，不必整份放进内存', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'shuling-contract-'));
        const bytes = randomBytes(300_000);
        writeFileSync(join(folder, 'file'), bytes);
        const { fileKey } = await platform.writer.uploadFile('台账.xlsx', { path: join(folder, 'file') });
        rmSync(folder, { recursive: true });
        expect(Buffer.compare(Buffer.from(scene.store.fileBytes(fileKey) ?? []), bytes)).toBe(0);
      });

      test('回复：在原消息的会话里，带着原消息', async () => {
        const first = await platform.writer.send(toGroup(), { text: '请反馈' }, uuid());
        const reply = await platform.writer.reply(first.messageId, { card: card() }, uuid());
        expect(reply.chatId).toBe(first.chatId);
        expect(scene.store.message(reply.messageId)).toMatchObject({ parentId: first.messageId, msgType: 'interactive' });
      });

      test('同一个防重号发两次只有一条，两次都告诉同一个编号', async () => {
        const same = uuid();
        const first = await platform.writer.send(toZhang(), { card: card() }, same);
        expect(await platform.writer.send(toZhang(), { card: card() }, same)).toEqual(first);
        const replied = await platform.writer.reply(first.messageId, { text: '收到' }, 'reply-uuid');
        expect(await platform.writer.reply(first.messageId, { text: '收到' }, 'reply-uuid')).toEqual(replied);
        expect(inChat(first.chatId)).toHaveLength(2);
      });

      test('更新：整张卡片换掉，可以更新多次', async () => {
        const { messageId } = await platform.writer.send(toGroup(), { card: card() }, uuid());
        await platform.writer.update(messageId, card('已签收'));
        await platform.writer.update(messageId, card('已办结'));
        expect(JSON.parse(scene.store.message(messageId)?.content ?? '')).toEqual(card('已办结'));
        expect(scene.store.message(messageId)?.revision).toBe(3);
      });
    });

    describe('加急', () => {
      test('自己发的消息，加急给会话里的人；不在会话里的退回来', async () => {
        const { messageId } = await platform.writer.send(toGroup(), { card: card() }, uuid());
        expect(await platform.writer.urge(messageId, [scene.zhang.openId])).toEqual({ unreached: [] });
        expect(await platform.writer.urge(messageId, [scene.zhang.openId, 'ou_nobody'])).toEqual({ unreached: ['ou_nobody'] });
        expect(scene.store.message(messageId)?.urgentTo).toEqual([scene.zhang.openId]);
      });

      test('一个人也加急不到、消息撤回了、不是自己发的：拒绝', async () => {
        const { messageId } = await platform.writer.send(toGroup(), { card: card() }, uuid());
        expect((await failure(platform.writer.urge(messageId, ['ou_nobody']))).kind).toBe('rejected');
        scene.store.recall(messageId);
        expect((await failure(platform.writer.urge(messageId, [scene.zhang.openId]))).kind).toBe('gone');
        const { chatId } = scene.group;
        const theirs = scene.store.post({ chatId, sender: { kind: 'person', openId: scene.lin.openId }, msgType: 'text', content: '{"text":"在"}' });
        expect((await failure(platform.writer.urge(theirs.messageId, [scene.zhang.openId]))).kind).toBe('rejected');
      });
    });

    describe('读', () => {
      const receivedFile = (bytes: Uint8Array, name = '花名册.xlsx'): { messageId: string; fileKey: string } => {
        const { fileKey } = scene.store.addFile({ kind: 'file', type: 'stream', name, owner: scene.lin.openId }, bytes);
        const { chatId } = scene.store.directChat(scene.lin.openId);
        const content = JSON.stringify({ file_key: fileKey, file_name: name });
        const { messageId } = scene.store.post({ chatId, sender: { kind: 'person', openId: scene.lin.openId }, msgType: 'file', content });
        return { messageId, fileKey };
      };

      test('下载人发来的文件，字节不变', async () => {
        const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
        const { messageId, fileKey } = receivedFile(bytes);
        expect(Buffer.from(await platform.reader.downloadFile(messageId, fileKey))).toEqual(bytes);
      });

      test('文件不属于那条消息、超过 10 MB：拒绝', async () => {
        const one = receivedFile(Buffer.from('一'));
        const other = receivedFile(Buffer.from('二'));
        expect((await failure(platform.reader.downloadFile(one.messageId, other.fileKey))).kind).toBe('rejected');
        const huge = receivedFile(Buffer.alloc(10 * 1024 * 1024 + 1));
        expect((await failure(platform.reader.downloadFile(huge.messageId, huge.fileKey))).kind).toBe('rejected');
      });

      test('按手机号找账号：一次多少都行，不认识的没有', async () => {
        const many = Array.from({ length: 120 }, (_, index) => `1380000${String(index).padStart(4, '0')}`);
        for (const mobile of many.slice(0, 110)) scene.store.addPerson({ name: '干部', mobile });
        const found = await platform.reader.findAccounts([...many, scene.zhang.mobile ?? '']);
        expect(found.size).toBe(111);
        expect(found.get(scene.zhang.mobile ?? '')).toEqual({ openId: scene.zhang.openId, userId: scene.zhang.userId });
        expect(found.has(many[115] ?? '')).toBe(false);
      });

      test('没有 user_id 的权限，也找得到账号', async () => {
        scene.store.changeApp({ scopes: scene.store.app().scopes.filter((scope) => scope !== 'contact:user.employee_id:readonly') });
        expect(await platform.reader.findAccounts([scene.zhang.mobile ?? ''])).toEqual(
          new Map([[scene.zhang.mobile, { openId: scene.zhang.openId }]]),
        );
      });

      test('列出机器人所在的群，一页放不下也列全', async () => {
        for (let index = 0; index < 104; index += 1) scene.store.addGroup({ name: `群${index}`, members: [], botIn: true });
        scene.store.addGroup({ name: '别人的群', members: [] });
        const chats = await platform.reader.listChats();
        expect(chats).toHaveLength(105);
        expect(chats[0]).toEqual({ chatId: scene.group.chatId, name: '住建局任务群', ownerOpenId: scene.zhang.openId, external: false });
        expect(chats.some(({ name: chatName }) => chatName === '别人的群')).toBe(false);
      });

      test('自己说过没有：只认自己的、那段时间里的、说的一样的；从会话里的一条消息也找得到会话', async () => {
        const { messageId: beside } = await platform.writer.send(toZhang(), { card: card() }, uuid());
        const { fileKey } = await platform.writer.uploadFile('台账.xlsx', Buffer.from('一'));
        const text = '通报：<at user_id="all"></at>';
        const { chatId, messageId: said } = await platform.writer.send(toZhang(), { text }, uuid());
        const { messageId: file } = await platform.writer.send(toZhang(), { fileKey }, uuid());
        for (let count = 0; count < 60; count += 1)
          scene.store.post({
            chatId,
            sender: { kind: 'person', openId: scene.zhang.openId },
            msgType: 'text',
            content: JSON.stringify({ text: '＜at user_id="all"></at>' }),
          });
        const { messageId: last } = await platform.writer.reply(said, { text }, uuid());
        const now = scene.store.nowMs();
        const find = (what: Parameters<typeof platform.reader.findSaid>[1], from = now - 60_000, to = now + 60_000) =>
          platform.reader.findSaid({ beside }, what, new Date(from), new Date(to));
        expect(await find({ text })).toEqual([said, last]);
        expect(await find({ card: card() })).toEqual([beside]);
        expect(await find({ card: { ...card(), header: { title: { tag: 'plain_text', content: '另一张' } } } })).toEqual([]);
        expect(await find({ fileName: '台账.xlsx' })).toEqual([file]);
        expect(await find({ fileName: '别的.xlsx' })).toEqual([]);
        expect(await find({ text }, now - 7_200_000, now - 3_600_000)).toEqual([]);
        expect(await platform.reader.findSaid({ chat: chatId }, { text }, new Date(now - 60_000), new Date(now + 60_000))).toEqual([said, last]);
      });

      test('群里说过没有：没有读群消息的权限就说没有', async () => {
        const { messageId } = await platform.writer.send(toGroup(), { text: '一' }, uuid());
        const find = () => platform.reader.findSaid(toGroup(), { text: '一' }, new Date(0), new Date(scene.store.nowMs() + 1_000));
        scene.store.changeApp({ scopes: scene.store.app().scopes.filter((scope) => scope !== 'im:message.group_msg') });
        expect((await failure(find())).kind).toBe('unauthorized');
        scene.store.changeApp({ scopes: [...scene.store.app().scopes, 'im:message.group_msg'] });
        expect(await find()).toEqual([messageId]);
      });

      test('知道自己是谁', async () => {
        expect(await platform.reader.getBot()).toEqual({ openId: scene.store.app().botOpenId, name: '督查助手' });
      });
    });

    describe('指令面板', () => {
      /** 别的指令，已经在那里了 */
      const fill = (count: number): void => {
        const others = Array.from({ length: count }, (_, index) => ({ commandId: `cmd_${index}`, name: `c${index}`, description: '其他' }));
        scene.store.changeApp({ commands: [...scene.store.app().commands, ...others] });
      };
      const names = async (): Promise<string[]> => (await platform.panel.list()).map(({ name: command }) => command);

      test('登记、改说明、删除，都看得见；一页放不下也列全', async () => {
        const { id } = await platform.panel.add({ name: 'my', description: '我的任务' });
        fill(60);
        await platform.panel.describe(id, '我的任务：列出在办的');
        const listed = await platform.panel.list();
        expect(listed).toHaveLength(61);
        expect(listed[0]).toEqual({ id, name: 'my', description: '我的任务：列出在办的' });
        await platform.panel.remove(id);
        expect(await names()).not.toContain('my');
      });

      test('重名、没有这一条、没有权限、满了一百条：平台拒绝', async () => {
        await platform.panel.add({ name: 'my', description: '' });
        expect((await failure(platform.panel.add({ name: 'my', description: '' }))).kind).toBe('rejected');
        expect((await failure(platform.panel.describe('cmd_none', '一'))).kind).toBe('rejected');
        expect((await failure(platform.panel.remove('cmd_none'))).kind).toBe('rejected');
        fill(99);
        expect((await failure(platform.panel.add({ name: 'more', description: '' }))).kind).toBe('rejected');
        scene.store.changeApp({ scopes: [] });
        expect((await failure(platform.panel.list())).kind).toBe('unauthorized');
      });
    });

    describe('平台说不，各归各类', () => {
      const cases: readonly (readonly [string, PlatformErrorKind, number, () => void])[] = [
        ['人离职了', 'unreachable', 230013, () => scene.store.changePerson(scene.zhang.openId, { resigned: true })],
        ['人不在可用范围', 'unreachable', 230013, () => scene.store.changePerson(scene.zhang.openId, { seesBot: false })],
        ['人停收了消息', 'unreachable', 230053, () => scene.store.changePerson(scene.zhang.openId, { mutedBot: true })],
        ['少了权限', 'unauthorized', 99991672, () => scene.store.changeApp({ scopes: [] })],
        ['令牌总是不认', 'unauthorized', 99991663, () => scene.faults.arm('token-expired', { times: 5 })],
        ['拒收卡片', 'rejected', 230099, () => scene.faults.arm('card-refused')],
        ['限频（400）', 'rate-limited', 99991400, () => scene.faults.arm('rate-limited-400')],
        ['200 里带平台的内部错误', 'unknown', 2200, () => scene.faults.arm('error-in-200')],
      ];
      test.each(cases)('%s：%s（%i）', async (_, kind, code, arrange) => {
        arrange();
        expect(await failure(platform.writer.send(toZhang(), { card: card() }, uuid()))).toMatchObject({ kind, code });
        expect(scene.store.findDirectChat(scene.zhang.openId)).toBeUndefined();
      });

      test.each([
        ['被移出了群', 'unreachable', 230002, () => scene.store.removeBotFromGroup(scene.group.chatId)],
        ['群禁言', 'unreachable', 230018, () => scene.store.changeChat(scene.group.chatId, { muted: true })],
        ['群解散了', 'gone', 232009, () => scene.store.changeChat(scene.group.chatId, { dissolved: true })],
      ] as const)('%s：%s（%i）', async (_, kind, code, arrange) => {
        arrange();
        expect(await failure(platform.writer.send(toGroup(), { text: '一' }, uuid()))).toMatchObject({ kind, code });
      });

      test('没有这个人、别的应用的编号：收不到', async () => {
        scene.store.addForeignOpenId('ou_foreign');
        for (const person of ['ou_nobody', 'ou_foreign', 'not-an-id']) {
          expect((await failure(platform.writer.send({ person }, { text: '一' }, uuid()))).kind).toBe('unreachable');
        }
      });

      test('卡片不合规、太大：拒收，子码和日志编号都在', async () => {
        const bad = cardWith([{ tag: 'div', text: { tag: 'plain_text', content: '一' }, colour: 'red' }]);
        const refusal = await failure(platform.writer.send(toZhang(), { card: bad }, uuid()));
        expect(refusal).toMatchObject({ kind: 'rejected', code: 230099, subCode: 200621 });
        expect(refusal.logId).toMatch(/^[0-9a-f]+$/);
        const large = cardWith([words('字'.repeat(11_000))]);
        expect(await failure(platform.writer.send(toZhang(), { card: large }, uuid()))).toMatchObject({ kind: 'rejected', code: 230025 });
      });

      test('消息撤回了、没有、过了十四天：更新和回复都说不在了', async () => {
        const { messageId } = await platform.writer.send(toZhang(), { card: card() }, uuid());
        const recalled = await platform.writer.send(toGroup(), { card: card() }, uuid());
        scene.store.recall(recalled.messageId);
        expect(await failure(platform.writer.update(recalled.messageId, card('二')))).toMatchObject({ kind: 'gone', code: 230011 });
        expect(await failure(platform.writer.reply(recalled.messageId, { text: '二' }, uuid()))).toMatchObject({ kind: 'gone', code: 230011 });
        expect((await failure(platform.writer.update('om_none', card('二')))).kind).toBe('gone');
        scene.clock.set(new Date('2026-06-11T15:00:00+08:00'));
        expect(await failure(platform.writer.update(messageId, card('二')))).toMatchObject({ kind: 'gone', code: 230031 });
      });

      test('更新文字消息：拒收', async () => {
        const { messageId } = await platform.writer.send(toZhang(), { text: '一' }, uuid());
        expect((await failure(platform.writer.update(messageId, card('二')))).kind).toBe('rejected');
      });

      test('空文件、别人的文件钥匙：拒收', async () => {
        expect(await failure(platform.writer.uploadFile('空.xlsx', new Uint8Array()))).toMatchObject({ kind: 'rejected', code: 234010 });
        expect(await failure(platform.writer.send(toZhang(), { fileKey: 'file_v3_x' }, uuid()))).toMatchObject({ kind: 'rejected', code: 230017 });
      });

      test('防重号太长：发出之前就拒绝', async () => {
        expect((await failure(platform.writer.send(toZhang(), { text: '一' }, 'u'.repeat(51)))).kind).toBe('rejected');
      });
    });

    describe('快慢与意外', () => {
      test('发得太密：限频；同一个人每秒五条', async () => {
        for (let index = 0; index < 5; index += 1) await platform.writer.send(toZhang(), { text: `${index}` }, uuid());
        expect(await failure(platform.writer.send(toZhang(), { text: '六' }, uuid()))).toMatchObject({ kind: 'rate-limited', code: 230020 });
        scene.passMs(1_000);
        await platform.writer.send(toZhang(), { text: '七' }, uuid());
      });

      test('整个接口超限：按平台说的毫秒数等', async () => {
        scene.faults.arm('rate-limited');
        expect(await failure(platform.writer.send(toZhang(), { text: '一' }, uuid()))).toMatchObject({
          kind: 'rate-limited',
          code: 99991400,
          retryAfterMs: 1_000,
        });
      });

      test.each(['server-error', 'bad-json', 'lost-answer'] as const satisfies readonly FaultKind[])(
        '结果不明（%s）：用同一防重号再发，只有一条',
        async (fault) => {
          const same = uuid();
          scene.faults.arm(fault);
          expect((await failure(platform.writer.send(toZhang(), { card: card() }, same))).kind).toBe('unknown');
          const { messageId, chatId } = await platform.writer.send(toZhang(), { card: card() }, same);
          expect(inChat(chatId).map((message) => message.messageId)).toEqual([messageId]);
        },
      );

      test('令牌半路失效：自己换一枚，这次调用照样办成', async () => {
        await platform.writer.send(toZhang(), { text: '一' }, uuid());
        scene.faults.arm('token-expired');
        await platform.writer.send(toZhang(), { text: '二' }, uuid());
        expect(inChat(scene.store.findDirectChat(scene.zhang.openId)?.chatId ?? '')).toHaveLength(2);
      });
    });
  });
}
