import { role as roleTerms, term } from '#cards/kit/terms';
import { noticeCard } from '#cards/system/notice.card';
import { type Command, command } from '#core/command';
import type { Context, Role } from '#core/context';
import { InvalidError } from '#core/errors';
import { type Holder, type Unit, unitNameIndex } from '#domain/roster/model';
import { assertMay, may } from '#domain/roster/policy';
import { countRoster, findHolders, listUnits } from '#domain/roster/store';

const shown: readonly Role[] = ['unitHead', 'unitDeputy', 'liaison'];

/** 花名册 — who answers for a unit today, with the delegates; those who keep the roster see how complete it is. */
export const showRoster: Command = command({
  words: ['花名册', 'roster'],
  summary: '查看本单位的主要负责人、分管负责人和联络员',
  example: '花名册',
  handle: async (ctx, argument) => {
    const unit = await unitOf(ctx, argument.trim());
    const lines = unit === null ? [] : await linesOf(ctx, unit);
    if (may(ctx.actor, 'importRoster')) lines.push(...(await keepersLines(ctx)));
    const text = lines.length > 0 ? lines.join('\n') : '您还没有登记在哪个单位，请联系系统管理员。';
    return { card: noticeCard({ title: unit === null ? '花名册' : `花名册　${unit.name}`, text, tone: 'info' }), privately: true };
  },
});

async function unitOf(ctx: Context, word: string): Promise<Unit | null> {
  const units = await listUnits(ctx.tx);
  const own = ctx.actor.posts.flatMap(({ unitCode }) => (unitCode === null ? [] : [unitCode]));
  if (word === '') return units.find(({ code }) => code === own[0]) ?? null;
  const match = unitNameIndex(units)(word);
  if (match.kind === 'unknown')
    throw new InvalidError(`没有“${word}”这个单位，${match.suggestion ? `是否为“${match.suggestion.name}”？` : '请核对单位名称'}`);
  if (!own.includes(match.unit.code)) assertMay(ctx.actor, 'readTotals');
  return match.unit;
}

async function linesOf(ctx: Context, { code }: Unit): Promise<string[]> {
  const holders = await findHolders(ctx.tx, { unitCodes: [code], roles: shown, backup: false }, ctx.today);
  return shown.map((role) => {
    const names = holders.filter((holder) => holder.role === role).map(nameOf);
    return `${term(roleTerms, role)}：${names.length > 0 ? names.join('、') : '空缺'}`;
  });
}

function nameOf({ name, title, delegateFor, openId }: Holder): string {
  const note = delegateFor === null ? title : `代${delegateFor}`;
  return `${name}（${note}${openId === null ? '，没有飞书账号' : ''}）`;
}

async function keepersLines(ctx: Context): Promise<string[]> {
  const { units, people, unbound, vacant } = await countRoster(ctx.tx, ctx.today);
  return [
    `全区${units}个单位、${people}人；没有飞书账号的${unbound}人，空缺的岗位${vacant}个。`,
    '一个岗位换人，请发“移交”；整体更新，把新的花名册.xlsx发给我，核对后再确认。',
  ];
}
