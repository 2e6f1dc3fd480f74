import { signOrder } from '#domain/orders/sign';
import { askToVoid, confirmVoid } from '#domain/orders/void';
import { chief, inspector, openOffice } from './orders-given.ts';

// 一个只管签发、作废的进程，测试会在随便什么时候杀掉它。
const [url = '', ...ids] = process.argv.slice(2);
const { as } = openOffice(url);
await Promise.all(
  ids.map(async (id, index) => {
    try {
      await as(chief, (ctx) => signOrder(ctx, id));
      process.stdout.write(`${id}\n`);
      if (index % 3 !== 0) return;
      await as(inspector, (ctx) => askToVoid(ctx, id, '主送单位写错'));
      await as(chief, (ctx) => confirmVoid(ctx, id));
    } catch {
      // 别的进程先签了，或连接断了：谁办成了由库说了算。
      process.stdout.write('-\n');
    }
  }),
);
process.exit(0);
