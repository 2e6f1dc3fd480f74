import { expect, test } from 'vitest';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { createFeishuPlatform } from '#platform/feishu/adapter';
import { describeContract } from './contract.ts';
import { createScene, type Scene } from './emulator-scene.ts';

const log = { warn: () => undefined };

async function connect(scene: Scene) {
  const { appId, appSecret } = scene.store.app();
  const { url, close } = await listenOnLoopback(createOpenApi(scene.api));
  return { platform: createFeishuPlatform({ appId, appSecret, domain: url, log }), url, close };
}

describeContract('飞书适配器，经 HTTP', connect);

test('密钥不对：凭证不足，不再乱试', async () => {
  const scene = createScene();
  const { url, close } = await connect(scene);
  const { reader } = createFeishuPlatform({ appId: scene.store.app().appId, appSecret: 'wrong', domain: url, log });
  await expect(reader.getBot()).rejects.toMatchObject({ name: 'PlatformError', kind: 'unauthorized' });
  expect(scene.store.apiCalls()).toHaveLength(1);
  await close();
});

test('同时几十次调用只取一次令牌', async () => {
  const scene = createScene();
  const { platform, close } = await connect(scene);
  await Promise.all(Array.from({ length: 30 }, () => platform.reader.getBot()));
  expect(scene.store.apiCalls().filter(({ path }) => path.includes('/auth/'))).toHaveLength(1);
  await close();
});

test('平台停着：结果不明', async () => {
  const { platform, close } = await connect(createScene());
  await close();
  await expect(platform.reader.getBot()).rejects.toMatchObject({ kind: 'unknown' });
});

test('已授予的权限列得出来', async () => {
  const scene = createScene();
  const { platform, close } = await connect(scene);
  expect(await platform.listGrantedScopes()).toEqual(scene.store.app().scopes);
  await close();
});
