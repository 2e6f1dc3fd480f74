import { describe, expect, test } from 'vitest';
import { accountsHost, prefilled } from '#platform/feishu/register-app';
import { missingScopes, requiredCallbacks, requiredEvents, requiredScopes } from '#platform/feishu/requirements';

describe('开放平台上要勾选的', () => {
  test('每一项都说得出为什么，没有重复', () => {
    const all = [...requiredScopes, ...requiredEvents, ...requiredCallbacks];
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { reason } of all) expect(reason).toMatch(/[\u4e00-\u9fff]{4,}/);
  });

  test('缺什么报什么；更大的权限盖得住小的', () => {
    expect(missingScopes(requiredScopes.map(({ name }) => name))).toEqual([]);
    expect(missingScopes([]).map(({ name }) => name)).toEqual(requiredScopes.map(({ name }) => name));
    const names = missingScopes(['im:message']).map(({ name }) => name);
    expect(names).not.toContain('im:message:send_as_bot');
    expect(names).not.toContain('im:message:readonly');
    expect(names).toContain('im:message.p2p_msg:readonly');
  });

  test('扫码建应用时全部预填', () => {
    const { scopes, events, callbacks } = prefilled();
    expect(scopes.tenant).toHaveLength(requiredScopes.length);
    expect(events.items.tenant).toContain('im.message.receive_v1');
    expect(callbacks.items).toEqual(['card.action.trigger']);
  });

  test.each([
    ['https://open.feishu.cn', 'accounts.feishu.cn'],
    ['https://open.duban.gov.cn', 'accounts.duban.gov.cn'],
  ])('%s 的登录地址是 %s', (domain, host) => {
    expect(accountsHost(domain)).toBe(host);
  });
});
