import { randomBytes, randomUUID } from 'node:crypto';
import { encryptBody, signRequest } from '#platform/feishu/webhook-crypto';
import { createSeal } from '#runtime/seal';

/** 与平台共有的秘密 — the same for every server that is measured. */
export const secrets = {
  appId: 'cli_emulator0000000',
  appSecret: 'emulator-secret-0000000000000000',
  tenantKey: 'emulatortenant00',
  encryptKey: 'emulator-encrypt-key-000000000000',
  verificationToken: 'emulator-verification-token',
};

/** 一次点击：谁、哪个事项 */
export interface ClickOn {
  readonly openId: string;
  readonly itemId: string;
}

/** 没有这些事项的点击 — for servers that store nothing. */
export function fakeClicks(count: number): ClickOn[] {
  return Array.from({ length: count }, (_, index) => ({ openId: `ou_liaison${1 + (index % 31)}`, itemId: `i${index}` }));
}

/** 填的反馈 — the same words for every server that is measured. */
export const reportForm = (index: number) => ({
  percent: String(index % 100),
  content: `本周走访${index % 50}户，新签${index % 7}户，其余正在协商；已与街道、社区逐户核对资料，下周完成第二轮入户并公示结果。`,
  difficulties: '个别住户在外地，联系不便。',
});

/** 造请求 — complete HTTP requests, each with its own event, nonce and signature: a reported progress form, as the platform sends it. */
export function makeRequests(clicks: readonly ClickOn[], nowMs: number): Buffer[] {
  return clicks.map(({ openId, itemId }, index) =>
    requestOf(openId, { action: 'progress.report', payload: { itemId, round: 1 } }, nowMs, {
      name: 's1_report_form_r1',
      timezone: 'Asia/Shanghai',
      form_value: reportForm(index),
    }),
  );
}

/** 造投票 — one press of every voter `ou_voter1…n` on the ballot of the round. */
export function makeVotes(voters: number, { roundId, choices }: { roundId: string; choices: readonly string[] }, nowMs: number): Buffer[] {
  return Array.from({ length: voters }, (_, index) => {
    const payload = { sessionId: 's', roundId, choice: choices[index % choices.length] ?? '' };
    return requestOf(`ou_voter${index + 1}`, { action: 'review.cast', payload }, nowMs, {});
  });
}

function requestOf(openId: string, press: { action: string; payload: object }, nowMs: number, form: object): Buffer {
  const value = createSeal(secrets.appSecret).seal(
    press as Parameters<ReturnType<typeof createSeal>['seal']>[0],
    `person:${openId}`,
    new Date(nowMs),
  );
  const event = {
    schema: '2.0',
    header: {
      event_id: randomUUID().replaceAll('-', ''),
      token: secrets.verificationToken,
      create_time: `${nowMs}000`,
      event_type: 'card.action.trigger',
      tenant_key: secrets.tenantKey,
      app_id: secrets.appId,
    },
    event: {
      operator: { tenant_key: secrets.tenantKey, open_id: openId, union_id: `on_${openId.slice(3)}` },
      token: `c-${randomBytes(20).toString('hex')}`,
      action: { value, tag: 'button', ...form },
      host: 'im_message',
      context: { open_message_id: `om_${randomBytes(16).toString('hex')}`, open_chat_id: `oc_${openId.slice(3)}` },
    },
  };
  const body = encryptBody(JSON.stringify(event), secrets.encryptKey);
  const signed = signRequest(body, {
    timestamp: String(Math.floor(nowMs / 1000)),
    nonce: randomBytes(8).toString('hex'),
    encryptKey: secrets.encryptKey,
  });
  return post('/webhook/card', { 'content-type': 'application/json;charset=utf-8', ...signed }, body);
}

/** 一个完整的请求 — the bytes of a POST, ready to be written on a connection. */
export function post(path: string, headers: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = Object.entries(headers).map(([name, text]) => `${name}: ${text}`);
  return Buffer.from([`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', ...lines, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n'));
}
