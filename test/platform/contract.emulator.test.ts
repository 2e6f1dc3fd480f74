import { expect, test } from 'vitest';
import { createEmulatorPlatform } from '#platform/emulator/adapter';
import { describeContract } from './contract.ts';
import { createScene } from './emulator-scene.ts';

describeContract('模拟平台，进程内', (scene) =>
  Promise.resolve({ platform: createEmulatorPlatform(scene.store, scene.api), close: () => Promise.resolve() }),
);

test('没有应答（超时）：结果不明，不必真等', async () => {
  const scene = createScene();
  scene.faults.arm('timeout');
  const { writer } = createEmulatorPlatform(scene.store, scene.api);
  await expect(writer.send({ person: scene.zhang.openId }, { text: '一' }, 'u1')).rejects.toMatchObject({ name: 'PlatformError', kind: 'unknown' });
});
