import { describe, expect, test } from 'vitest';
import { useOpenApi } from './emulator-http.ts';
import { cardWith } from './emulator-scene.ts';

const http = useOpenApi();

/** 大文件不经网线，只看平台怎么答。 */
async function codeOf(path: string, fields: Record<string, string>, bytes: number): Promise<number | null> {
  const upload = { fields, file: Buffer.alloc(bytes) };
  const outcome = await http.scene.api.perform(
    { method: 'POST', path: `/open-apis${path}`, query: {}, body: undefined, upload },
    { door: 'adapter' },
  );
  return outcome.kind === 'answered' ? outcome.answer.code : null;
}

describe('文件', () => {
  const png = (width: number, height: number): Buffer => {
    const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const size = Buffer.alloc(8);
    size.writeUInt32BE(width, 0);
    size.writeUInt32BE(height, 4);
    return Buffer.concat([head, size]);
  };

  test('上传后可发；二进制一字节不变；没有文件名的部分也收', async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 45, 45, 0xe7, 0x9d]);
    const { data, code } = await http.upload('/im/v1/files', { file_type: 'xls', file_name: '台账.xlsx' }, bytes);
    expect(code).toBe(0);
    expect(Buffer.from(http.scene.store.fileBytes(data['file_key'] ?? '') ?? [])).toEqual(bytes);
    expect((await http.send(http.scene.zhang.openId, { file_key: data['file_key'] }, { msgType: 'file' })).code).toBe(0);
  });

  test('空的、没有名字的、类型不对的、太大的都不收', async () => {
    expect(await http.upload('/im/v1/files', { file_type: 'xls', file_name: 'a.xlsx' }, Buffer.alloc(0))).toMatchObject({
      status: 400,
      code: 234010,
    });
    expect((await http.upload('/im/v1/files', { file_type: 'xls', file_name: '' }, Buffer.from('a'))).code).toBe(234001);
    expect((await http.upload('/im/v1/files', { file_type: 'xlsx', file_name: 'a.xlsx' }, Buffer.from('a'))).code).toBe(234001);
    expect(await codeOf('/im/v1/files', { file_type: 'stream', file_name: 'a.bin' }, 30 * 1024 * 1024 + 1)).toBe(234006);
  });

  test('视频要按视频发，不能当文件', async () => {
    const { data } = await http.upload('/im/v1/files', { file_type: 'mp4', file_name: 'a.mp4' }, Buffer.from('a'));
    expect((await http.send(http.scene.zhang.openId, { file_key: data['file_key'] }, { msgType: 'file' })).code).toBe(230055);
  });

  test('图片看格式和边长', async () => {
    const { data, code } = await http.upload('/im/v1/images', { image_type: 'message' }, png(800, 600));
    expect(code).toBe(0);
    const image = { tag: 'img', img_key: data['image_key'], alt: { tag: 'plain_text', content: '图' } };
    expect((await http.sendCard(http.scene.zhang.openId, cardWith([image]))).code).toBe(0);
    expect((await http.send(http.scene.zhang.openId, { image_key: data['image_key'] }, { msgType: 'image' })).code).toBe(0);
    expect((await http.upload('/im/v1/images', { image_type: 'message' }, png(12_001, 10))).code).toBe(234039);
    expect((await http.upload('/im/v1/images', { image_type: 'avatar' }, png(5_000, 10))).code).toBe(234039);
    expect((await http.upload('/im/v1/images', { image_type: 'message' }, Buffer.from('GIF89a\x00\x08\x00\x00', 'latin1'))).code).toBe(234039);
    expect((await http.upload('/im/v1/images', { image_type: 'message' }, Buffer.from('not an image'))).code).toBe(234011);
    expect(await codeOf('/im/v1/images', { image_type: 'message' }, 10 * 1024 * 1024 + 1)).toBe(234006);
  });

  test('下载：消息和文件要成对，机器人要在群里，类型要写', async () => {
    const { group, lin, store } = http.scene;
    const one = store.addFile({ kind: 'file', type: 'stream', name: '花名册.xlsx', owner: lin.openId }, Buffer.from('名单'));
    const other = store.addFile({ kind: 'file', type: 'stream', name: '别的.xlsx', owner: lin.openId }, Buffer.from('别的'));
    const content = JSON.stringify({ file_key: one.fileKey, file_name: one.name });
    const message = store.post({ chatId: group.chatId, sender: { kind: 'person', openId: lin.openId }, msgType: 'file', content });
    const path = (key: string, type = 'file'): string => `/im/v1/messages/${message.messageId}/resources/${key}?type=${type}`;
    const response = await fetch(`${http.base}/open-apis${path(one.fileKey)}`, { headers: { authorization: `Bearer ${http.token}` } });
    expect(await response.text()).toBe('名单');
    expect(response.headers.get('content-disposition')).toContain(encodeURIComponent('花名册.xlsx'));
    expect((await http.call('GET', path(other.fileKey))).code).toBe(234003);
    expect((await http.call('GET', path(one.fileKey, 'audio'))).code).toBe(234001);
    store.removeBotFromGroup(group.chatId);
    expect((await http.call('GET', path(one.fileKey))).code).toBe(234004);
    store.recall(message.messageId);
    expect((await http.call('GET', path(one.fileKey))).code).toBe(230110);
  });
});
