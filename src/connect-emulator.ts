import { type Clock, SettableClock, systemClock } from '#core/clock';
import { type Acts, createActs } from '#platform/emulator/act';
import { createEmulatorPlatform } from '#platform/emulator/adapter';
import { type Api, createApi } from '#platform/emulator/api';
import { createFaults, type Faults } from '#platform/emulator/faults';
import { EmulatorStore, type StoreOptions } from '#platform/emulator/store';
import type { PlatformConnection } from './app.ts';

/** 模拟平台 — the store, its two doors, and the acts of its people. */
export interface EmulatorWorld {
  readonly store: EmulatorStore;
  readonly api: Api;
  readonly faults: Faults;
  readonly connection: PlatformConnection;
  /** @param webhook where the product listens @param ackTimeoutMs real ms until an unanswered request counts as failed; 3 s on the platform */
  actsFor(webhook: string, ackTimeoutMs?: number): Acts;
}

// 模拟平台只在本机，这两个值不是秘密，但走的是与真平台同样的验签与解密。
const encryptKey = 'emulator-encrypt-key-000000000000';
const verificationToken = 'emulator-verification-token';

/** 接模拟平台 @param options.journal path of the journal; without one everything is forgotten at exit */
export function connectEmulator(options: Omit<StoreOptions, 'clock'> & { readonly clock: Clock }): EmulatorWorld {
  const { clock } = options;
  // 拨过去的时间，平台那边也过去了：上一分钟的次数不再算。
  const monotonicMs = clock instanceof SettableClock ? () => clock.elapsedMs() : systemClock.monotonicMs;
  const store = new EmulatorStore({ monotonicMs, ...options });
  const faults = createFaults();
  const api = createApi({ store, faults });
  const { appId, appSecret, tenantKey, botName } = store.app();
  const connection: PlatformConnection = {
    platform: createEmulatorPlatform(store, api),
    appId,
    appSecret,
    tenantKey,
    encryptKeys: [encryptKey],
    verificationToken,
    botLink: undefined,
    fastMs: undefined,
    onDoubt: undefined,
    elapsedMs: store.monotonicMs,
    probe: () => Promise.resolve([{ name: '平台', status: 'pass', finding: `模拟平台，机器人名为“${botName}”` }]),
  };
  const actsFor: EmulatorWorld['actsFor'] = (webhook, ackTimeoutMs) =>
    createActs({
      store,
      faults,
      ...(ackTimeoutMs === undefined ? {} : { ackTimeoutMs }),
      target: { eventUrl: `${webhook}/webhook/event`, callbackUrl: `${webhook}/webhook/card`, encryptKey, verificationToken },
    });
  return { store, api, faults, connection, actsFor };
}
