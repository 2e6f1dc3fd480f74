import { localDateOf } from '#core/dates';
import type { HealthCheck } from '#core/health';
import { countAdministrators } from '#domain/roster/administrators/store';
import { countRoster, findUnbound, listChatBindings } from '#domain/roster/store';

/** 诊断：名册、账号、群、管理员 */
export const rosterChecks: readonly HealthCheck[] = [
  {
    name: '花名册',
    run: async (tx, now) => {
      const { units, people, vacant } = await countRoster(tx, localDateOf(now));
      if (people === 0 || units === 0)
        return { status: 'fail', finding: '还没有花名册', hint: '由系统管理员把花名册文件发给机器人，或运行 npm run cli -- roster import 文件' };
      if (vacant > 0)
        return {
          status: 'warn',
          finding: `${units}个单位、${people}人；${vacant}个岗位空缺`,
          hint: '发送“移交”办理岗位移交，或更新花名册后重新发送',
        };
      return { status: 'pass', finding: `${units}个单位、${people}人` };
    },
  },
  {
    name: '人员账号',
    run: async (tx) => {
      const unbound = await findUnbound(tx);
      if (unbound.length === 0) return { status: 'pass', finding: '全部已匹配飞书账号' };
      const names = unbound
        .slice(0, 10)
        .map(({ name }) => name)
        .join('、');
      return {
        status: 'warn',
        finding: `${unbound.length}人没有匹配到飞书账号：${names}`,
        hint: '请本人开通账号或核对手机号；本人给机器人发一句话、或到第二天早上，自动重新匹配',
      };
    },
  },
  {
    name: '工作群',
    run: async (tx) => {
      const open = (await listChatBindings(tx)).filter(({ chatId, lostAt }) => chatId === null || lostAt !== null);
      if (open.length === 0) return { status: 'pass', finding: '全部已绑定' };
      return {
        status: 'warn',
        finding: `${open.length}个群没有绑定：${open
          .slice(0, 8)
          .map(({ chatName }) => chatName)
          .join('、')}`,
        hint: '由督查室或系统管理员把机器人拉进群；群名不一致、或是别人拉的，在群里@机器人发送“绑定本群 U09”',
      };
    },
  },
  {
    name: '系统管理员',
    run: async (tx) => {
      const { bound, unbound } = await countAdministrators(tx);
      if (bound > 0) return { status: 'pass', finding: `${bound}人` };
      if (unbound > 0)
        return {
          status: 'fail',
          finding: `登记了${unbound}人，都没有匹配到飞书账号`,
          hint: '请核对 ADMIN_MOBILES 是本人登录飞书的手机号、本人在应用的可用范围之内；然后请本人给机器人发一句话，会再匹配一次',
        };
      return { status: 'fail', finding: '没有可用的系统管理员', hint: '在配置里填写 ADMIN_MOBILES 或 ADMIN_OPEN_IDS 后重新启动' };
    },
  },
];
