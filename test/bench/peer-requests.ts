import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { post, reportForm, secrets } from './requests.ts';

/** 造 Slack 的按钮 — a press as Bolt receives it, signed, with the words of our report in its form; each is another press. */
export function makeSlackPresses(count: number, nowMs: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const timestamp = String(Math.floor(nowMs / 1000));
    const body = new URLSearchParams({ payload: JSON.stringify(slackPress(index, nowMs)) }).toString();
    return post(
      '/slack/events',
      {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${hmac(`v0:${timestamp}:${body}`)}`,
      },
      body,
    );
  });
}

function slackPress(index: number, nowMs: number): object {
  const typed = Object.entries(reportForm(index)).map(([name, value]) => [name, { [name]: { type: 'plain_text_input', value } }]);
  const [channel, ts] = [{ id: 'C0BENCH', name: 'key-work' }, `${nowMs / 1000}`];
  return {
    type: 'block_actions',
    user: { id: `U${1 + (index % 31)}`, username: 'liaison', name: 'liaison', team_id: 'T0BENCH' },
    api_app_id: 'A0BENCH',
    token: secrets.verificationToken,
    container: { type: 'message', message_ts: ts, channel_id: channel.id, is_ephemeral: false },
    trigger_id: `${index}.${randomBytes(16).toString('hex')}`,
    team: { id: 'T0BENCH', domain: 'bench' },
    enterprise: null,
    is_enterprise_install: false,
    channel,
    message: { type: 'message', user: 'U0BENCH', ts, text: 'report' },
    state: { values: Object.fromEntries(typed) },
    response_url: `https://hooks.slack.com/actions/T0BENCH/${randomBytes(12).toString('hex')}`,
    actions: [{ action_id: 'report', block_id: 'b1', type: 'button', value: `i${index}`, action_ts: ts }],
  };
}

/** 造 GitHub 的投递 — a comment as Probot receives it, signed, with the words of our report; a real one is ten times as long. */
export function makeGitHubDeliveries(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const body = JSON.stringify(gitHubComment(index));
    return post(
      '/api/github/webhooks',
      {
        'content-type': 'application/json',
        'x-github-event': 'issue_comment',
        'x-github-delivery': randomUUID(),
        'x-hub-signature-256': `sha256=${hmac(body)}`,
      },
      body,
    );
  });
}

function gitHubComment(index: number): object {
  const user = { login: `liaison${1 + (index % 31)}`, id: 1 + (index % 31), node_id: 'MDQ6VXNlcjE=', type: 'User', site_admin: false };
  const { percent, content, difficulties } = reportForm(index);
  const [created_at, url] = ['2026-06-01T01:00:00Z', 'https://api.github.com/repos/bench/key-work'];
  return {
    action: 'created',
    issue: {
      id: index,
      number: index,
      url: `${url}/issues/${index}`,
      title: '渔排清退协商签约',
      state: 'open',
      user,
      labels: [],
      comments: 1,
      created_at,
    },
    comment: { id: index, url: `${url}/issues/comments/${index}`, user, created_at, body: `${percent}%\n${content}\n${difficulties}` },
    repository: { id: 1, name: 'key-work', full_name: 'bench/key-work', private: true, owner: { ...user, login: 'bench' }, url },
    sender: user,
    installation: { id: 1, node_id: 'MDIzOkludGVncmF0aW9u' },
  };
}

/** 改坏签名 — of a request of any of the four kinds; a server that answers 200 to it verifies nothing. */
export function forged(request: Buffer): Buffer {
  const text = request.toString();
  const worse = text.replace(/(signature(?:-256)?: \S+)(\S{8})\r\n/i, (_, kept: string, end: string) => `${kept}${flipped(end)}\r\n`);
  if (worse === text) throw new Error('请求里没有签名');
  return Buffer.from(worse);
}

const flipped = (digits: string): string => [...digits].map((digit) => (digit === '0' ? '1' : '0')).join('');

const hmac = (text: string): string => createHmac('sha256', secrets.encryptKey).update(text).digest('hex');
