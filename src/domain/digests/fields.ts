import type { Holder } from '../roster/model.ts';

/** 党群口照惯例是这几样；别的口，群名里就写着分管的词。 */
const partyWork = ['组织', '宣传', '统战', '纪检'];

/** 一个口的分管领导 — whose field is named by the group's: 城建口 has the leader for 城建, 安全应急口 the one for 应急. @returns their names, of those who are stood in for too */
export function leadersOfField(field: string, holders: readonly Pick<Holder, 'name' | 'delegateFor' | 'field'>[]): string[] {
  const words = field.startsWith('党群') ? partyWork : [];
  const belongs = (own: string): boolean => words.includes(own) || field.includes(own);
  const fits = ({ field: own }: Pick<Holder, 'field'>): boolean => (own ?? '').split(/[、,，;；\s]+/).some((word) => word !== '' && belongs(word));
  return [...new Set(holders.filter(fits).map(({ name, delegateFor }) => delegateFor ?? name))];
}
