import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SheetData } from '#core/workbook';
import { readRoster } from '#domain/roster/read-roster';
import { countRoster } from '#domain/roster/store';
import { checkRoster, importRoster } from '#features/roster/import';
import type { EmulatorStore } from '#platform/emulator/store';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { type App, asSystem } from './app.ts';

const rosterFile = fileURLToPath(new URL('../prisma/demo/花名册.xlsx', import.meta.url));

/** 演示管理员 — not in the roster of the district: the office's one administrator. */
export const demoAdministrator = { name: '江岩', mobile: '19900000001', unit: '综合办公室', title: '系统管理员' };

/** 演示的主角 — inspector, chief inspector, a unit's liaison, its head, a responsible person, the administrator: README's story in their order. @returns open_ids */
export function demoCast(store: EmulatorStore): readonly string[] {
  const people = store.people();
  const names = ['林晓', '周启明', '曾小雨', '梁海生', '方伟', demoAdministrator.name];
  return names.flatMap((name) => people.find((person) => person.name === name)?.openId ?? []);
}

/** 演示的机器人菜单 — the keys are command words; on a real tenant it is set by hand in the developer console. */
const demoMenu = ['我的任务', '简报', '帮助', '投诉建议'];

/** 演示花名册 */
export function readDemoRoster(): Promise<readonly SheetData[]> {
  return readWorkbook(readFileSync(rosterFile), '花名册.xlsx');
}

/** 演示平台 — the people of the roster have accounts (but for whom the file says otherwise), the groups exist and the bot is in them. */
export function populateEmulator(store: EmulatorStore, sheets: readonly SheetData[]): void {
  if (store.people().length > 0) return;
  const { units, posts, chats } = readRoster(sheets);
  const unitName = new Map(units.map(({ code, name }) => [code, name]));
  const openIds = new Map<string, string>();
  const members = new Map<string, string[]>();
  const join = (purpose: string, openId: string): void => {
    members.set(purpose, [...(members.get(purpose) ?? []), openId]);
  };
  for (const { name, mobile, unitCode, title, role, note } of posts) {
    if (note?.includes('尚未开通飞书账号')) continue;
    const unit = unitCode === null ? '' : (unitName.get(unitCode) ?? '');
    const openId = openIds.get(mobile) ?? store.addPerson({ name, mobile, unit, title }).openId;
    openIds.set(mobile, openId);
    if (unitCode !== null) join(`unit:${unitCode}`, openId);
    if (role === 'liaison' || role === 'inspector' || role === 'chiefInspector') join('district', openId);
    if (role === 'observer') join('observers', openId);
    if (role === 'sessionSecretary') join('session', openId);
  }
  store.addPerson(demoAdministrator);
  store.changeApp({ menu: demoMenu.map((name) => ({ key: name, name })) });
  for (const { purpose, chatName } of chats) store.addGroup({ name: chatName, members: [...new Set(members.get(purpose) ?? [])], botIn: true });
}

/** 演示名册 — imported the way an administrator imports it; a second start finds it there. */
export async function importDemoRoster(app: App, now: Date, sheets: readonly SheetData[]): Promise<void> {
  const present = await asSystem(app, now, (ctx) => countRoster(ctx.tx, ctx.today));
  if (present.units > 0) return;
  const checked = await checkRoster(app.reader, sheets);
  await asSystem(app, now, async (ctx) => {
    await importRoster(ctx, checked);
  });
}
