/** 改动 — `from` stands exactly once in the file; otherwise the patch no longer applies, and that is an error. */
export interface Edit {
  /** from the root of the project */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** 拆除 — one guard taken away, and the promise that must be seen to break. */
export interface Sabotage {
  readonly name: string;
  /** what is no longer guarded */
  readonly guard: string;
  readonly edits: readonly Edit[];
  /** the test file that must turn red */
  readonly test: string;
  /** the name of the test in it, or its beginning */
  readonly turns: string;
  /** the tests of the same story that must have gone before it */
  readonly after?: readonly string[];
}

const door = 'src/platform/feishu/door.ts';
const crypto = 'src/platform/feishu/webhook-crypto.ts';
const hardening = 'test/http/webhook-hardening.test.ts';
const storeOfRuntime = 'src/runtime/store.ts';
const claims = 'src/runtime/outbox/claims/store.ts';
const box = 'src/domain/ballots/box/store.ts';
const comments = 'src/domain/ballots/comments/store.ts';
const hostileWorkbooks = 'test/runtime/workbook-hostile.test.ts';
const workbookLimits = 'src/runtime/workbook/limits.ts';
const instances = 'test/faults/instances.test.ts';
const bindings = 'test/features/bind-chat.test.ts';
const attackers = 'test/faults/attackers.test.ts';

const edit = (file: string, from: string, to: string): readonly Edit[] => [{ file, from, to }];

/** 全部的拆除 — `npm run sabotage` applies them one at a time in a copy of the project. */
export const sabotages: readonly Sabotage[] = [
  // 大门
  {
    name: 'signature',
    guard: '验签',
    edits: edit(crypto, "timingSafeEqual(Buffer.from(signature, 'hex'), digestOf(body, parts))", 'digestOf(body, parts).length > 0'),
    test: hardening,
    turns: '签名之后改了正文',
  },
  {
    name: 'raw-body',
    guard: '按原始字节验签',
    edits: edit(door, 'isSignedBy(body, claim.signature,', "isSignedBy(Buffer.from(JSON.stringify(parse(body.toString('utf8')))), claim.signature,"),
    test: hardening,
    turns: '外层多了空格和换行',
  },
  {
    name: 'replay-guard',
    guard: '同一个签名只收一次',
    edits: edit(door, "if (!late && !guard.admit(claim.signature, nowMs)) return refused('replayed');", ''),
    test: hardening,
    turns: '同一个请求再来一次',
  },
  {
    name: 'time-window',
    guard: '过了时间窗的点击不收',
    edits: edit(door, "if (late && callbackTypes.has(origin.type)) return refused('outside-window');", ''),
    test: hardening,
    turns: '一小时前的点击',
  },
  {
    name: 'replay-memory',
    guard: '换代之后还记得上一代的签名',
    edits: edit('src/platform/feishu/replay-guard.ts', 'young.has(mark) || old.has(mark)', 'young.has(mark)'),
    test: 'test/platform/feishu-replay-guard.test.ts',
    turns: '同一个签名在它还进得了门的十分钟里',
  },
  {
    name: 'token',
    guard: '核对验证令牌',
    edits: edit(door, "if (!isEqual(origin.token, config.verificationToken)) return refused('wrong-token');", ''),
    test: hardening,
    turns: '别的验证令牌',
  },
  {
    name: 'app',
    guard: '核对应用',
    edits: edit(door, "if (origin.appId !== config.appId) return refused('wrong-app');", ''),
    test: hardening,
    turns: '别的应用',
  },
  {
    name: 'tenant',
    guard: '核对租户',
    edits: edit(door, "if (config.tenantKey !== undefined && origin.tenantKey !== config.tenantKey) return refused('wrong-tenant');", ''),
    test: hardening,
    turns: '别的租户',
  },
  {
    name: 'outsider',
    guard: '外部群里的客人不算本单位的人',
    edits: edit(door, "if (isOutsider && !factTypes.has(origin.type)) return refused('outsider');", ''),
    test: hardening,
    turns: '外部群里的客人',
  },
  {
    name: 'outsider-chat',
    guard: '客人拉机器人进的群不算',
    edits: edit(door, 'ofClick ?? textOf(ofChat) ?? ofMessage', 'ofClick ?? ofMessage'),
    test: hardening,
    turns: '客人把机器人拉进群',
  },
  {
    name: 'metrics',
    guard: '指标要令牌，没有令牌只给本机',
    edits: edit('src/http/pages.ts', 'if (!mayRead(context, metricsToken)) {', 'if (!mayRead(context, metricsToken) && context.ip.length === 0) {'),
    test: 'test/http/pages.test.ts',
    turns: '设了令牌：带错了一位',
  },
  {
    name: 'redirects',
    guard: '不跟着转址走',
    edits: edit('src/platform/feishu/sdk.ts', 'maxRedirects: 0,', 'maxRedirects: 5,'),
    test: 'test/platform/feishu-adapter.test.ts',
    turns: '平台叫我们改道别处',
  },
  {
    name: 'challenge-token',
    guard: '地址验证也要对令牌',
    edits: edit(
      'src/platform/feishu/challenge.ts',
      'challenge.length <= challengeMax && isOurToken(token)',
      'challenge.length <= challengeMax && isOurToken.length > 0',
    ),
    test: hardening,
    turns: '地址验证，令牌不对',
  },
  {
    name: 'json-limits',
    guard: '套得太深、键太多的不读',
    edits: edit(door, 'if (!isReasonable(raw))', 'if (raw === null)'),
    test: hardening,
    turns: '套了三十三层',
  },
  {
    name: 'body-size',
    guard: '请求体至多 256 KB',
    edits: edit('src/http/body.ts', 'if (size > sizeMax) settle(tooLarge);', 'if (size < 0) settle(tooLarge);'),
    test: 'test/http/webhook.test.ts',
    turns: '不报长度、没完没了的请求体',
  },
  {
    name: 'make-room',
    guard: '占着不说完的连接给后来的让位',
    edits: edit('src/http/room.ts', 'leaverOf(open, since) ?? socket', 'socket'),
    test: 'test/http/connections.test.ts',
    turns: '每秒说一个字节的',
  },
  {
    name: 'slow-headers',
    guard: '半天说不完的请求到时断开',
    edits: edit('src/http/server.ts', 'connectionsCheckingInterval: checkEveryMs, ', ''),
    test: 'test/http/connections.test.ts',
    turns: '连上来不说话的',
  },
  {
    name: 'null-prototype',
    guard: '表单的键只是键',
    edits: edit('src/platform/feishu/card-action.ts', 'Object.create(null) as Record<string, unknown>', '{}'),
    test: 'test/platform/feishu-normalize.test.ts',
    turns: '名叫 __proto__、constructor 的字段，只是字段',
  },
  {
    name: 'reply-after-work',
    guard: '先办再答',
    edits: edit(
      'src/http/webhook.ts',
      'const outcome = await withinDeadline(work,',
      'void work;\n  const outcome = await withinDeadline(Promise.resolve({ body: stillWorking }),',
    ),
    test: 'test/http/webhook.test.ts',
    turns: '事件没办成答 500，平台用同一个请求重送时照收',
  },
  {
    name: 'ack-before-commit',
    guard: '提交之后才答复',
    edits: edit(
      'src/http/webhook.ts',
      'const outcome = await withinDeadline(work,',
      'void work.catch(() => undefined);\n  const outcome = await withinDeadline(Promise.resolve({ body: \'{"toast":{"type":"success","content":"已登记"}}\' }),',
    ),
    test: 'test/faults/crash.test.ts',
    turns: '答应了的一件不丢：',
  },
  {
    name: 'wake-after-reply',
    guard: '答复离开之后才更新卡片',
    edits: edit('src/http/webhook.ts', "else response.once('close', then);", 'else then();'),
    test: 'test/http/webhook.test.ts',
    turns: '答复送出以后才叫醒发件箱',
  },

  // 按钮与权限
  {
    name: 'seal',
    guard: '验按钮上的封印',
    edits: edit('src/runtime/seal.ts', 'given.length !== expected.length || !timingSafeEqual(given, expected)', 'given.length !== expected.length'),
    test: 'test/runtime/dispatch.test.ts',
    turns: '按钮的值被改过',
  },
  {
    name: 'seal-expiry',
    guard: '过了十四天的按钮不办事',
    edits: edit('src/runtime/seal.ts', "if (value.e * 1000 < now.getTime()) return { kind: 'expired' };", ''),
    test: attackers,
    turns: '过期的按钮',
  },
  {
    name: 'audience',
    guard: '给别人的卡片点不动',
    edits: edit('src/runtime/inbound/click.ts', '  if (elsewhere)\n', '  if (elsewhere && audience.length === 0)\n'),
    test: attackers,
    turns: '别人的卡片',
  },
  {
    name: 'pace',
    guard: '每人每十秒至多点几下',
    edits: edit('src/runtime/inbound/pace.ts', 'if (recent.length >= max) return false;', 'if (recent.length < 0) return false;'),
    test: attackers,
    turns: '一个人十秒里点第十一下',
  },
  {
    name: 'pace-forged',
    guard: '伪造的、过期的按钮也限次',
    edits: edit('src/runtime/inbound/click.ts', "if (verdict.kind !== 'valid' && !allowed) throw tooFast();", ''),
    test: attackers,
    turns: '一个人十秒里点第十一下',
  },
  {
    name: 'pace-words',
    guard: '口令也限次，只答一次',
    edits: edit(
      'src/runtime/inbound/message.ts',
      'if (pace.actions.take(who)) return undefined;',
      'if (pace.actions.take(who) || file === null) return undefined;',
    ),
    test: attackers,
    turns: '一个人十秒里点第十一下',
  },
  {
    name: 'policy',
    guard: '查权限',
    edits: edit(
      'src/domain/roster/policy.ts',
      "return actor.kind === 'system' || policy[operation].rule(actor, matter);",
      'return true || policy[operation].rule(actor, matter);',
    ),
    test: 'test/domain/policy.test.ts',
    turns: '权限表：每个角色',
  },
  {
    name: 'own-unit',
    guard: '只办本单位的事',
    edits: edit(
      'src/domain/roster/policy.ts',
      'actor.posts.some((post) => wanted.includes(post.role) && post.unitCode !== null && post.unitCode === matter.unitCode);',
      'actor.posts.some((post) => wanted.includes(post.role) && post.unitCode !== matter.groupLeader);',
    ),
    test: 'test/domain/policy.test.ts',
    turns: '权限表：每个角色',
  },
  {
    name: 'on-behalf',
    guard: '代办的记着代谁',
    edits: edit('src/domain/roster/policy.ts', 'posts: actor.posts.filter(({ onBehalfOf }) => onBehalfOf === undefined)', 'posts: actor.posts'),
    test: 'test/domain/policy.test.ts',
    turns: '凭别人的岗位才可以办的',
  },
  {
    name: 'bind-right',
    guard: '拉机器人进群的人要有绑定的权',
    edits: edit(
      'src/features/roster/bind-chat.ts',
      "may(ctx.actor, 'bindChat') ? expected(",
      "may({ ...ctx.actor, kind: 'system' }, 'bindChat') ? expected(",
    ),
    test: bindings,
    turns: '没有权的人，群名一字不差也绑不上',
  },
  {
    name: 'bind-live',
    guard: '绑着的群不因群名而换',
    edits: edit('src/domain/roster/store.ts', 'AND ("chatId" IS NULL OR "lostAt" IS NOT NULL) FOR UPDATE', 'FOR UPDATE'),
    test: bindings,
    turns: '还没有绑的，有权的人把机器人拉进来就绑好',
    after: ['没有权的人，群名一字不差也绑不上'],
  },
  {
    name: 'bind-import',
    guard: '导入名册不换绑着的群，不猜同名的群',
    edits: edit('src/domain/roster/match-chats.ts', "else if (!alone) unbound.push({ purpose, chatName, reason: 'sameName' });", ''),
    test: bindings,
    turns: '分不清的一个不绑',
  },
  {
    name: 'waiting-list-right',
    guard: '待审签、待采纳的清单只给今天还办它的人看',
    edits: edit('src/features/progress/waiting-lists.ts', '  assertMayList(ctx.actor, list);\n  const drawn', '  const drawn'),
    test: attackers,
    turns: '没有这个权的、送来第二遍的',
  },
  {
    name: 'renewal-reader',
    guard: '换发的卡片只给今天还归他的人',
    edits: edit('src/core/renewal.ts', 'reader?.openId === to.person && isFor(reader)', 'reader?.openId === to.person && isFor !== undefined'),
    test: 'test/features/renewal.test.ts',
    turns: '5月29日发的任务书没人签收',
  },
  {
    name: 'reminder-lines',
    guard: '翻开提醒卡只见今天还看得了的事项',
    edits: edit(
      'src/features/reminders/sweep.ts',
      'const entries = readableLines(around, ctx.actor, stored.lines);',
      'const entries = readableLines(around, ctx.actor, stored.lines).length < 0 ? [] : stored.lines;',
    ),
    test: 'test/features/renewal.test.ts',
    turns: '提醒卡上的事交给了别人',
    after: ['5月29日发的任务书', '6月的提醒卡', '点“打开”', '7月10日', '交了岗位的人', '没来得及换的', '没有事等他办的'],
  },
  {
    name: 'second-person',
    guard: '作废须两个人',
    edits: edit('src/domain/orders/void.ts', 'if (sameHand) throw', 'if (sameHand && askedBy === askedById) throw'),
    test: 'test/features/orders.test.ts',
    turns: '作废须两个人',
    after: ['特急、批示件直接起草'],
  },
  {
    name: 'draft-recheck',
    guard: '拟督办令之前，锁住事项再看一遍该不该拟',
    edits: edit(
      'src/domain/orders/draft.ts',
      'const item = step !== null && isDraftOnly(step.level) ? await findItem(ctx.tx, itemId) : null;',
      'const item = step === null || isDraftOnly(step.level) ? await findItem(ctx.tx, itemId) : null;',
    ),
    test: 'test/domain/orders.test.ts',
    turns: '正拟的时候才提交的申请办结',
  },

  // 一件事只办一次
  {
    name: 'inbox-claim',
    guard: '被别人先认领的事件整个撤销',
    edits: edit(storeOfRuntime, 'if (claimed < inbox.length) throw', 'if (claimed < 0) throw'),
    test: instances,
    turns: '事件被别人先认领了',
  },
  {
    name: 'dedupe-key',
    guard: '同一把钥匙只发一次',
    edits: edit(storeOfRuntime, 'dedupeKey: effect.dedupeKey,', 'dedupeKey: effect.id,'),
    test: 'test/runtime/outbox.test.ts',
    turns: '同一把钥匙排两次',
  },
  {
    name: 'collapse-key',
    guard: '没发出的旧样由新样取代',
    edits: edit(storeOfRuntime, 'collapseKey: effect.collapseKey,', 'collapseKey: null,'),
    test: 'test/runtime/outbox.test.ts',
    turns: '同一张卡片：更新跟在发送之后',
  },
  {
    name: 'history-first',
    guard: '防重号过期之后，先查会话历史再发',
    edits: edit('src/runtime/outbox/earlier-send.ts', 'if (entry.tryingMs <= uuidLifeMs) return null;', 'if (entry.tryingMs >= 0) return null;'),
    test: 'test/runtime/outbox.test.ts',
    turns: '卡片送到了没记上账',
  },
  {
    name: 'accounted-once',
    guard: '历史里的一条只认给一行',
    edits: edit(
      'src/runtime/outbox/store.ts',
      '(SELECT 1 FROM "OutboxEntry" e WHERE e."messageId" = x.id AND e.id <> ${entryId}::text)',
      '(SELECT 1 FROM "OutboxEntry" e WHERE e.id = x.id AND e.id <> ${entryId}::text)',
    ),
    test: 'test/runtime/outbox.test.ts',
    after: ['卡片送到了没记上账'],
    turns: '两条一样的都没记上账',
  },
  {
    name: 'send-uuid',
    guard: '同一行再发带着同一个防重号',
    edits: edit(
      'src/runtime/outbox/deliver.ts',
      'if (replyTo === undefined) return parts.writer.send(to, content, entry.id);',
      'if (replyTo === undefined) return parts.writer.send(to, content, entry.id.slice(0, 30) + String(entry.attempts));',
    ),
    test: 'test/runtime/outbox.test.ts',
    turns: '发出后进程没来得及记账',
  },
  {
    name: 'lease',
    guard: '认领了的行别人不碰',
    edits: edit(
      claims,
      `AND (e."leaseUntil" IS NULL OR e."leaseUntil" < clock_timestamp())
              AND (e.recipient`,
      'AND (e.recipient',
    ),
    test: instances,
    turns: '一起发：每一条只调用一次',
  },
  {
    name: 'claim-lock',
    guard: '几个进程共用一份额度',
    edits: edit(claims, 'return asked.map(() => row?.locked === true);', 'return asked.map(() => row !== undefined);'),
    test: instances,
    turns: '一起发：每一条只调用一次',
  },
  {
    name: 'lane-order',
    guard: '同一车道先来的先发',
    edits: edit(
      claims,
      `AND (SELECT b.seq FROM "OutboxEntry" b
                   WHERE b.lane = e.lane AND b.seq < e.seq AND b.state IN ('pending', 'sending') LIMIT 1) IS NULL
`,
      '\n',
    ),
    test: instances,
    turns: '一起发：每一条只调用一次',
  },
  {
    name: 'fence',
    guard: '租约被接手的，写不进结果',
    edits: edit(claims, 'AND e.fence = x.fence AND', 'AND'),
    test: instances,
    turns: '冻住的进程醒来',
  },
  {
    name: 'minute-budget',
    guard: '每秒、每分钟的限额',
    edits: edit(
      'src/runtime/outbox/budget.ts',
      'if ((spent?.[name] ?? 0) + count > (interactive ? max : bulk)) return name;',
      'if ((spent?.[name] ?? 0) + count > (interactive ? max : bulk) * 9) return name;',
    ),
    test: 'test/runtime/budget.test.ts',
    turns: '任何积压',
  },
  {
    name: 'target-budget',
    guard: '同一个人、群、消息，先前认领的也算',
    edits: edit('src/runtime/outbox/budget.ts', 'new Map(spent.targets.map(({ target, count }) => [target, count]))', 'new Map<string, number>()'),
    test: 'test/runtime/budget.test.ts',
    turns: '同一个人、同一个群、同一条消息',
  },
  {
    name: 'target-ledger',
    guard: '别的进程发给同一个人、同一个群的也算',
    edits: edit(claims, "AND target <> '' GROUP BY target", 'AND target IS NULL GROUP BY target'),
    test: instances,
    turns: '几个程序都有话给同一个人',
  },
  {
    name: 'principal-leads',
    guard: '主要领导自己分管的事项，二次催办也抄送他',
    edits: edit('src/domain/deadlines/recipients.ts', '{ roles: leaderRoles }', "{ roles: ['leaderInCharge'] }"),
    test: 'test/features/reminders.test.ts',
    turns: '党-031：预告、到期、催办、二次催办各在哪天',
  },
  {
    name: 'plan-woken',
    guard: '提醒正在算的时候事项变了，算好的不盖上去',
    edits: edit('src/domain/deadlines/plan/store.ts', ' AND p.woken = x.woken', ''),
    test: 'test/features/reminders-audit.test.ts',
    turns: '提醒正在算的时候，时限改了',
  },
  {
    name: 'passed-over',
    guard: '停机时并过去的格子记进留痕',
    edits: edit('src/runtime/schedule/scheduler.ts', 'if (passed.length > 0) ctx.audit.record(passedOver(schedule, passed));', ''),
    test: 'test/runtime/slots.test.ts',
    turns: '停了三天再起来',
  },
  {
    name: 'throttle',
    guard: '出门时再数一遍，机器忙也挤不出超限',
    edits: edit('src/runtime/outbox/throttle.ts', 'ended.push(nowMs());', ''),
    test: 'test/runtime/throttle.test.ts',
    turns: '不论各次在路上多久',
  },
  {
    name: 'throttle-target',
    guard: '给同一个人的、改同一张卡片的，出门时也再数一遍',
    edits: edit('src/runtime/outbox/throttle.ts', '[{ ms: 1_000, max: 5 }]', '[{ ms: 1_000, max: 500 }]'),
    test: 'test/runtime/throttle.test.ts',
    turns: '给同一个人的，不论发送还是回复',
  },
  {
    name: 'reserve',
    guard: '给有人等着的留四分之一',
    edits: edit('src/runtime/outbox/budget.ts', 'const reservedShare = 0.25;', 'const reservedShare = 0;'),
    test: 'test/runtime/budget.test.ts',
    turns: '有人等着用过的接口',
  },
  {
    name: 'uuid-life',
    guard: '结果不明满一小时，不再重发',
    edits: edit('src/runtime/outbox/retry.ts', 'const uuidLifeMs = 55 * 60 * 1000;', 'const uuidLifeMs = Number.MAX_SAFE_INTEGER;'),
    test: 'test/runtime/budget.test.ts',
    turns: '结果不明',
  },
  {
    name: 'reached',
    guard: '没有到过平台的，停多久都再发',
    edits: edit('src/runtime/outbox/retry.ts', 'if (!error.reached)', 'if (error.reached && !error.reached)'),
    test: 'test/runtime/budget.test.ts',
    turns: '没有到过平台的',
  },
  {
    name: 'take-over',
    guard: '别的进程没了，几秒内接手',
    edits: edit('src/runtime/outbox/worker.ts', 'const takeOverMs = 5_000;', 'const takeOverMs = 5_000_000;'),
    test: 'test/faults/crash.test.ts',
    turns: '两个进程杀掉一个',
  },
  {
    name: 'alarm',
    guard: '闹钟每分钟自己响',
    edits: edit('src/runtime/schedule/scheduler.ts', 'if (!parts.alarm) return;', 'if (!parts.alarm || alarm === undefined) return;'),
    test: 'test/runtime/alarm.test.ts',
    turns: '到了时刻没有人叫',
  },
  {
    name: 'auditor-timer',
    guard: '核对每分钟自己看，不等人问',
    edits: edit('src/app.ts', 'if (alarm) readiness.start();', ''),
    test: 'test/runtime/alarm.test.ts',
    turns: '到了时刻没有人叫',
  },
  {
    name: 'schedule-slot',
    guard: '同一格定时只办一次',
    edits: edit('src/runtime/schedule/store.ts', 'return count === 1;', 'return count >= 0;'),
    test: instances,
    turns: '每一格定时只办一次',
  },
  {
    name: 'compare-and-move',
    guard: '两人同时点只有一个成',
    edits: edit('src/domain/work-items/moves/store.ts', 'taskBook.updateMany({ where: { id, status: from },', 'taskBook.updateMany({ where: { id },'),
    test: instances,
    turns: '两个人在两个进程里同时签收',
  },
  {
    name: 'hold-before-discard',
    guard: '撤销导入碰上审定，事项不白白删掉',
    edits: edit('src/domain/work-items/moves/store.ts', 'ORDER BY "unitCode" FOR UPDATE', 'ORDER BY "unitCode"'),
    test: 'test/features/import.test.ts',
    turns: '撤销与审定碰在一起',
  },
  {
    name: 'reminder-step',
    guard: '同一步不发两次',
    edits: edit(
      'src/domain/deadlines/ladder.ts',
      "return reached.level !== 'L0' && facts.sentLevels.includes(reached.level) ? null : reached;",
      'return reached;',
    ),
    test: 'test/domain/ladder.test.ts',
    turns: '规则重新套用、日历临时改动',
  },

  // 文字与文件
  {
    name: 'escape',
    guard: '转义',
    edits: edit('cards/kit/markdown.ts', 'const markup = /[&<>*', 'const markup = /[&<>'),
    test: 'test/cards/escape.test.ts',
    turns: '任何文字转义后',
  },
  {
    name: 'escape-in-texts',
    guard: '文字消息里 @ 不了人',
    edits: edit('cards/kit/markdown.ts', "    .replace(/<(?=[/a-z])/gi, '＜')\n", ''),
    test: 'test/cards/escape.test.ts',
    turns: '文字消息里也@不了人',
  },
  {
    name: 'escape-in-pages',
    guard: '进网页的文字只是文字',
    edits: edit('src/core/html.ts', 'String(text).replace(/[&<>"\']/g, (letter) => `&#${letter.charCodeAt(0)};`)', 'String(text)'),
    test: 'test/http/pages-markup.test.ts',
    turns: '人写的每一处文字都是标记',
  },
  {
    name: 'invisible',
    guard: '去掉看不见的字符',
    edits: edit('cards/kit/markdown.ts', ".replace(invisible, '')", ''),
    test: 'test/cards/escape.test.ts',
    turns: '去隐形字符',
  },
  {
    name: 'formula',
    guard: '导出的文字不成为公式',
    edits: edit(
      'src/runtime/workbook/write-workbook.ts',
      'T00:00:00Z`) : cell));',
      "T00:00:00Z`) : typeof cell === 'string' && cell.startsWith('=') ? ({ formula: cell.slice(1) } as never) : cell));",
    ),
    test: 'test/cli/export.test.ts',
    turns: '换一个读法，逐格看文件里的记号',
    after: ['另一个读表的程序打开'],
  },
  {
    name: 'file-size',
    guard: '表格至多 10 MB',
    edits: edit(workbookLimits, 'fileBytesMax: 10 * 1024 * 1024,', 'fileBytesMax: 1024 * 1024 * 1024,'),
    test: hostileWorkbooks,
    turns: '拒：超过 10 MB',
  },
  {
    name: 'unpacked-size',
    guard: '展开的字节数',
    edits: edit(workbookLimits, 'unpackedBytesMax: 64 * 1024 * 1024,', 'unpackedBytesMax: 1024 * 1024 * 1024,'),
    test: hostileWorkbooks,
    turns: '拒：炸弹藏在与表无关的部件里',
  },
  {
    name: 'ratio',
    guard: '压缩比至多 100 倍',
    edits: edit('src/runtime/workbook/inspect-zip.mjs', 'content.length / Math.max(1, entry.size) > limits.ratioMax', 'content.length < 0'),
    test: hostileWorkbooks,
    turns: '拒：展开只有 2 MB',
  },
  {
    name: 'cell-length',
    guard: '一格至多 32,767 字',
    edits: edit('src/runtime/workbook/read-file.mjs', 'text.length > limits.cellLengthMax', 'text.length < 0'),
    test: hostileWorkbooks,
    turns: '拒：一格 32,768 字',
  },
  {
    name: 'columns',
    guard: '至多 100 列',
    edits: edit('src/runtime/workbook/read-file.mjs', 'if (row.length > limits.columnsMax)', 'if (row.length < 0)'),
    test: hostileWorkbooks,
    turns: '拒：.csv 里一行有 101 列',
  },
  {
    name: 'reading-time',
    guard: '读表有时限',
    edits: edit(
      'src/runtime/workbook/open-workbook.ts',
      'if (leftMs <= 0 || waitedMs >= crowdedFactor * limitMs) refuse(leftMs > 0);',
      'if (leftMs < -60_000) refuse(false);',
    ),
    test: hostileWorkbooks,
    turns: '到了时间没有读完',
  },
  {
    name: 'dtd',
    guard: '带 DTD 的表不读',
    edits: edit('src/runtime/workbook/inspect-zip.mjs', "content.includes('<!DOCTYPE')", "content.includes('<!DOCTYPES')"),
    test: hostileWorkbooks,
    turns: '拒：带 DTD 和实体炸弹',
  },
  {
    name: 'macro',
    guard: '带宏的表不读',
    edits: edit('src/runtime/workbook/inspect-zip.mjs', '    refuseDangerous(entry.name);\n', ''),
    test: hostileWorkbooks,
    turns: '拒：带宏（xl/vbaProject.bin）',
  },
  {
    name: 'path-in-ids',
    guard: '编号里的斜杠走不到别的接口',
    edits: edit(
      'src/platform/feishu/adapter.ts',
      'update: async (messageId, card) => {\n      const path = { message_id: encodeURIComponent(messageId) };',
      'update: async (messageId, card) => {\n      const path = { message_id: messageId };',
    ),
    test: 'test/platform/feishu-adapter.test.ts',
    turns: '编号里的斜杠和问号',
  },
  {
    name: 'secrets-in-logs',
    guard: '日志里没有密钥',
    edits: edit('src/log.ts', "redact: { paths, censor: '[已隐去]' },", 'redact: { paths: paths.slice(0, 0) },'),
    test: 'test/log.test.ts',
    turns: '日志里没有密钥',
  },
  {
    name: 'mobiles-in-logs',
    guard: '日志里没有手机号',
    edits: edit('src/log.ts', ".replace(mobile, '$1****$4')", ''),
    test: 'test/log.test.ts',
    turns: '日志里没有手机号',
  },
  {
    name: 'loopback',
    guard: '模拟平台只在本机',
    edits: edit('src/platform/emulator/loopback.ts', 'if (!loopbackHosts.includes(host)) throw', "if (host === '') throw"),
    test: 'test/platform/emulator-store.test.ts',
    turns: '模拟平台只肯绑定本机地址',
  },

  // 投票
  {
    name: 'one-ballot',
    guard: '一人一票',
    edits: edit(box, `WHERE t.fresh OR t."roundKey" IS NOT NULL`, ''),
    test: 'test/features/review-burst.test.ts',
    turns: '一千人同时按下',
  },
  {
    name: 'close-race',
    guard: '关闭等路上的票',
    edits: edit(
      box,
      "WHERE id = ANY(${roundIds}::text[]) AND state = 'open' ORDER BY id FOR SHARE",
      "WHERE id = ANY(${roundIds}::text[]) AND state IN ('open', 'closed') ORDER BY id FOR SHARE",
    ),
    test: 'test/features/review-burst.test.ts',
    turns: '关闭与最后一刻的票赛跑',
  },
  {
    name: 'last-press',
    guard: '末次有效，算后来的那一次',
    edits: edit(box, 'DO UPDATE SET choice = EXCLUDED.choice\n      RETURNING 1', 'DO UPDATE SET choice = "Ballot".choice\n      RETURNING 1'),
    test: 'test/features/review-burst.test.ts',
    turns: '末次有效：二百人一起投',
  },
  {
    name: 'ballot-order',
    guard: '票在箱里的先后不按投票的先后',
    edits: edit(box, 'FROM fit WHERE place = 1 ORDER BY "ballotId"', 'FROM fit WHERE place = 1 ORDER BY n'),
    test: 'test/features/review-burst.test.ts',
    turns: '一千人同时按下',
  },
  {
    name: 'turns',
    guard: '一屋子人同时按下，一次只放进十几个，先来先办',
    edits: edit('src/http/turns.ts', 'if (taken < perTurn) {', 'if (perTurn > 0) {'),
    test: 'test/http/turns.test.ts',
    turns: '一次只放进这么多',
  },
  {
    name: 'turns-order',
    guard: '后来的不插到等着的前面',
    edits: edit('src/http/turns.ts', 'waiting.splice(0, perTurn)', 'waiting.splice(-perTurn)'),
    test: 'test/http/turns.test.ts',
    turns: '先来先办',
  },
  {
    name: 'comment-order',
    guard: '关闭时评语打乱重存',
    edits: edit(comments, 'body, state FROM gone ORDER BY random()', 'body, state FROM gone'),
    test: 'test/features/secrecy.test.ts',
    turns: '关闭之后，按存放的先后',
  },
  {
    name: 'comment-key',
    guard: '关闭时认回自己那条评语的钥匙销毁',
    edits: edit(
      comments,
      `UPDATE "BallotRound" SET "commentKey" = NULL WHERE id = \${roundId}`,
      `UPDATE "BallotRound" SET "commentKey" = "commentKey" WHERE id = \${roundId}`,
    ),
    test: 'test/features/secrecy.test.ts',
    turns: '关闭之后，按存放的先后',
  },
  {
    name: 'comment-voter',
    guard: '没有投票的人写不了评语',
    edits: edit(comments, `WHEN m.holder IS NULL THEN 'unvoted' ELSE 'kept' END`, `ELSE 'kept' END`).concat(
      edit(
        comments,
        `"commentKey" || ':' || holder, 'UTF8')), 'hex') FROM last`,
        `"commentKey" || ':' || COALESCE(holder, "commentId"), 'UTF8')), 'hex') FROM last`,
      ),
    ),
    test: 'test/features/review-modes.test.ts',
    turns: '没有投票的人写不了评语',
  },
  {
    name: 'spare-slip',
    guard: '换发的票接着旧票，这一轮不多投一张',
    edits: edit(
      box,
      `WHERE r.id = m."roundId" AND r."sessionId" = \${sessionId} AND r.state = 'open' AND m.holder = \${from}`,
      `WHERE r.id = m."roundId" AND r."sessionId" = \${sessionId} AND r.state = 'none' AND m.holder = \${from}`,
    ),
    test: 'test/features/review-modes.test.ts',
    turns: '没有投票的人写不了评语',
  },
  {
    name: 'slip-session',
    guard: '一场的票投不进另一场',
    edits: edit(box, `p ON p."sessionId" = r."sessionId" AND p."tokenHash"`, `p ON p."tokenHash"`),
    test: 'test/features/review-modes.test.ts',
    turns: '投票期间不能登记离会',
  },
  {
    name: 'link-expiry',
    guard: '打印、大屏的地址到时不认',
    edits: edit('src/domain/ballots/slips/store.ts', 'validUntil: { gt: now }', 'validUntil: { not: now }'),
    test: 'test/features/review-modes.test.ts',
    turns: '大屏的地址过了四十八小时',
  },
  {
    name: 'review-second-person',
    guard: '换票、作废一轮、作废抽签，提出的人自己同意不了',
    edits: edit('src/domain/review/observers.ts', 'if (askedBy === personId)', "if (askedBy === '' && personId)"),
    test: 'test/features/review-modes.test.ts',
    turns: '没有投票的人写不了评语',
  },
  {
    name: 'review-namesake',
    guard: '监督员认人，不认姓名',
    edits: edit(
      'src/domain/review/observers.ts',
      'observerIds ? observerIds.findIndex((id) => id === personId) : observers.indexOf(name)',
      'observers.indexOf(name)',
    ),
    test: 'test/features/review-modes.test.ts',
    turns: '锁定之后监督员到不了',
    after: ['在聊天里新建一场'],
  },
  {
    name: 'small-file',
    guard: '卡片上遮住的，票面文件不发',
    edits: edit('src/features/review/results.ts', 'if (whySealed(session) === null)', 'if (session.results)'),
    test: 'test/features/review-modes.test.ts',
    turns: '没有投票的人写不了评语',
  },
  {
    name: 'alike-file',
    guard: '全都一样的一类，票面文件也封存',
    edits: edit(
      'src/domain/ballots/disclose.ts',
      '({ valid, distribution }) => valid > 0 && distribution === null',
      '({ valid, instead }) => valid > 0 && instead === tooFew',
    ),
    test: 'test/domain/tally.test.ts',
    turns: '卡片上遮住的，票面文件里也没有',
  },
  {
    name: 'sealed-salt',
    guard: '封存的票面，凭指纹试不出来',
    edits: edit('src/domain/review/counting.ts', "randomBytes(16).toString('hex')", 'null'),
    test: 'test/features/review-modes.test.ts',
    turns: '没有投票的人写不了评语',
  },
  {
    name: 'ballot-missing',
    guard: '箱里少一张，关闭时作废',
    edits: edit('src/domain/ballots/counts.ts', 'used <= issued && used !== marked', 'used <= issued && used > marked'),
    test: 'test/features/review-modes.test.ts',
    turns: '投票期间不能登记离会',
  },
  {
    name: 'box-touched',
    guard: '关闭之后动过的票箱不计票',
    edits: edit('src/domain/review/counting.ts', 'if (now !== used || found.abstained !== abstained)', 'if (now < 0)'),
    test: 'test/features/review-modes.test.ts',
    turns: '没有投票的人写不了评语',
  },
  {
    name: 'threshold',
    guard: '人少的类别不露分数',
    edits: edit(
      'src/domain/ballots/disclose.ts',
      "if (each.valid > 0 && each.valid < smallClass) covers.set(each.voterClass, 'small');\n    else if",
      'if',
    ),
    test: 'test/domain/tally.test.ts',
    turns: '公布的内容：人少的类别不露分数',
  },
  {
    name: 'complement',
    guard: '不能由总分减其余推出来',
    edits: edit('src/domain/ballots/disclose.ts', "    covers.set(next.voterClass, 'complement');\n", '    void next;\n'),
    test: 'test/domain/tally.test.ts',
    turns: '公布的内容：人少的类别不露分数',
  },

  // 留痕
  {
    name: 'audit-line',
    guard: '改状态必留痕',
    edits: edit(
      'src/domain/work-items/advance.ts',
      '  ctx.audit.record({ ...line, ...right });\n  return { ...item, ...patch, status };',
      '  void [line, right];\n  return { ...item, ...patch, status };',
    ),
    test: 'test/domain/item-life.test.ts',
    turns: '任意次序、带重复的命令',
  },
  {
    name: 'audit-append-only',
    guard: '留痕只添不改',
    edits: edit(
      'prisma/migrations/0001_ground/migration.sql',
      'CREATE TRIGGER "AuditEntry_append_only" BEFORE UPDATE OR DELETE ON',
      'CREATE TRIGGER "AuditEntry_append_only" BEFORE DELETE ON',
    ),
    test: 'test/db/migrations.test.ts',
    turns: '留痕只增不改',
  },
  {
    name: 'audit-hash',
    guard: '校验每一条的哈希',
    edits: edit(
      'src/domain/audit/verify.ts',
      "if (hashOf(line) !== line.hash) return { kind: 'altered'",
      "if (hashOf(line) === '') return { kind: 'altered'",
    ),
    test: 'test/domain/audit.test.ts',
    turns: '改一个字：指出被改的那一条',
  },
  {
    name: 'audit-anchor',
    guard: '与留在外面的锚核对',
    edits: edit('src/domain/audit/verify.ts', 'if (anchor !== undefined && anchor !== line.hash)', 'if (anchor === line.prevHash)'),
    test: 'test/domain/audit.test.ts',
    turns: '从头或从中间全部重写',
  },
  {
    name: 'audit-lock',
    guard: '留痕的链一次一个人接',
    edits: edit('src/domain/audit/store.ts', 'WHERE id = 1 FOR UPDATE`', 'WHERE id = 1`'),
    test: 'test/domain/audit.test.ts',
    turns: '许多人同时办事，链不断、不缺、不重',
  },

  // 备份与留存
  {
    name: 'restore-checksum',
    guard: '改过的备份不恢复',
    edits: edit('src/db/restore.ts', "if (hash.digest('hex') !== end.sha256)", "if (hash.digest('hex') === end.sha256.slice(1))"),
    test: 'test/cli/backup.test.ts',
    turns: '改过一个字的文件',
  },
  {
    name: 'restore-empty',
    guard: '有数据的库不恢复',
    edits: edit('src/db/restore.ts', '    await assertEmpty(client);\n', ''),
    test: 'test/cli/backup.test.ts',
    turns: '库里已有数据、正在用的库',
  },
  {
    name: 'retention',
    guard: '日志留够六个月',
    edits: edit('src/runtime/outbox/store.ts', 'export const logDays = 200;', 'export const logDays = 100;'),
    test: 'test/runtime/retention.test.ts',
    turns: '收件七天',
  },
  {
    name: 'blobs-named',
    guard: '业务里提到的文件不清',
    edits: edit('src/domain/blobs/store.ts', 'UNION ALL SELECT "printBlobId" FROM "SupervisionOrder"', ''),
    test: 'test/runtime/retention.test.ts',
    turns: '文件：业务里还有一行提到的一直留',
  },

  // 文号与提醒
  {
    name: 'number-lock',
    guard: '文号一次一个人取',
    edits: edit(
      'src/domain/orders/register/store.ts',
      'DO UPDATE SET last = "NumberSeries".last + 1',
      'DO UPDATE SET last = (SELECT COALESCE(max(d.number), 0) + 1 FROM "DocumentNumber" d)',
    ),
    test: 'test/domain/orders.test.ts',
    turns: '许多人同时签发、作废',
  },
  {
    name: 'number-kept',
    guard: '号改不了、删不掉',
    edits: edit(
      'prisma/migrations/0017_orders/migration.sql',
      'CREATE TRIGGER "DocumentNumber_kept" BEFORE UPDATE OR DELETE ON',
      'CREATE TRIGGER "DocumentNumber_kept" BEFORE INSERT ON',
    ),
    test: 'test/domain/orders.test.ts',
    turns: '号改不了、删不掉',
  },
  {
    name: 'quiet-hours',
    guard: '免打扰',
    edits: edit(
      'src/domain/calendar/sending-hours.ts',
      'return !isWorkingDay(calendar, localDateOf(now)) || time < quietUntil || time >= quietFrom;',
      'return !isWorkingDay(calendar, localDateOf(now)) || time < quietUntil;',
    ),
    test: 'test/domain/ladder.test.ts',
    turns: '2026-09-24 21:40',
  },
  {
    name: 'urge-once-a-day',
    guard: '同一事项一天只提醒一次',
    edits: edit('src/domain/deadlines/urge.ts', 'return new Set([...sent, ...owed]);', 'return new Set(owed.filter(() => sent.length < 0));'),
    test: 'test/features/reminders.test.ts',
    turns: '同一事项一天只提醒一次',
    after: ['S3：反馈日前三个工作日', 'S4、S5：跨假期的提醒和催办', '先看将发给谁'],
  },
  {
    name: 'late-support',
    guard: '请过而没有答复的配合单位，催办抄送它',
    edits: edit('src/domain/deadlines/recipients.ts', "...(late ? supporters.map(toTold('support')) : []),", ''),
    test: 'test/features/support.test.ts',
    turns: '一家答了，它的卡片变成已反馈',
    after: ['责任人在事项卡上请'],
  },
  {
    name: 'digest-jitter',
    guard: '全区的简报错开几分钟发',
    edits: edit('src/features/digests/daily.ts', "dedupeKey, priority: 'digest', notBefore });", "dedupeKey, priority: 'digest' });"),
    test: 'test/features/digests.test.ts',
    turns: '全区的一份不在17:40发',
  },
  {
    name: 'digest-too-late',
    guard: '夜里才起来的，不补当天的简报',
    edits: edit('src/features/digests/daily.ts', "|| time >= '21:00' ||", '||'),
    test: 'test/features/digests.test.ts',
    turns: '停机错过了17:40',
  },
  {
    name: 'bulk-expected',
    guard: '全区的一批之前，有人等着的让出“发送”的额度',
    edits: edit('src/runtime/outbox/budget.ts', 'expectsBulk ||', 'false ||'),
    test: 'test/runtime/budget.test.ts',
    turns: '这一分钟发满了',
  },
  {
    name: 'bulk-under-way',
    guard: '成批的办到一半，仍算成批的要来',
    edits: edit('src/runtime/schedule/scheduler.ts', 'bulkUnderWay > 0 ||', 'false ||'),
    test: 'test/runtime/expects-bulk.test.ts',
    turns: '闹钟晚响、补办错过的一格',
  },
  {
    name: 'joined-hold',
    guard: '搭车的占着那一行到提交',
    edits: edit('src/runtime/store.ts', '    FOR SHARE SKIP LOCKED`;', '    `;'),
    test: 'test/runtime/joined-jobs.test.ts',
    turns: '同一张清单已有一件等着更新',
  },
  {
    name: 'joined-age',
    guard: '等久了的不再搭',
    edits: edit('src/runtime/store.ts', 'const joinedWithinMs = 1_000;', 'const joinedWithinMs = 100_000;'),
    test: 'test/runtime/joined-jobs.test.ts',
    turns: '等了一秒还没有开始的',
  },
  {
    name: 'reader-idle',
    guard: '读表的进程让点击先走',
    edits: edit('src/runtime/workbook/reader-process.ts', 'chrt -i -p 0 $$; ', ''),
    test: 'test/runtime/workbook-hostile.test.ts',
    turns: '读表的进程环境里什么也没有，让点击先走',
  },
  {
    name: 'kept-again',
    guard: '又存一遍的文件算今天的',
    edits: edit(
      'src/domain/blobs/store.ts',
      `ON CONFLICT (id) DO UPDATE SET "createdAt" = GREATEST("Blob"."createdAt", EXCLUDED."createdAt") RETURNING xmax = 0 AS "isNew"\``,
      `ON CONFLICT (id) DO NOTHING RETURNING true AS "isNew"\``,
    ),
    test: 'test/runtime/long-files.test.ts',
    turns: '长的表分段存进库里',
  },
  {
    name: 'without-jit',
    guard: '不让服务器即时编译',
    edits: edit('src/db/client.ts', "'SET jit = off'", "'SELECT 1'"),
    test: 'test/db/client.test.ts',
    turns: '装了 LLVM 的服务器',
  },
  {
    name: 'daily-cap',
    guard: '每人每天至多两张',
    edits: edit('src/domain/burden/store.ts', 'export const messagesPerDayMax = 2;', 'export const messagesPerDayMax = 9;'),
    test: 'test/features/reminders-audit.test.ts',
    turns: '马骁当天已收两张',
  },
  {
    name: 'one-card-a-day',
    guard: '每人每天至多一张提醒卡',
    edits: edit('src/features/reminders/sweep.ts', 'reminded.has(personId) || (counts', '(counts'),
    test: 'test/features/reminders-audit.test.ts',
    turns: '早上已收一张提醒卡',
  },
  {
    name: 'window-suppressed',
    guard: '本期报过的不再提醒',
    edits: edit(
      'src/domain/deadlines/ladder.ts',
      'return answered !== null && answered >= feedbackOn ? null : feedbackOn;',
      'return answered !== null && answered > feedbackOn ? null : feedbackOn;',
    ),
    test: 'test/domain/ladder.test.ts',
    turns: '2026-06-22 12:05',
  },
  {
    name: 'highest-step',
    guard: '停机之后只走最高的一步',
    edits: edit('src/domain/deadlines/ladder.ts', 'const highest = stepsOf(facts).findLast(', 'const highest = stepsOf(facts).find('),
    test: 'test/domain/ladder.test.ts',
    turns: '2026-10-09 12:05',
  },
  {
    name: 'missed-slot-alarm',
    guard: '漏了的定时会报警',
    edits: edit('src/runtime/schedule/missed-slots.ts', 'return slot ? [{ name, slot }] : [];', 'return slot ? [] : [];'),
    test: 'test/runtime/missed-slots.test.ts',
    turns: '2026-09-22 09:09，上次是2026-09-21 12:05',
  },
];
