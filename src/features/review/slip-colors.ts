import type { ReviewSession } from '#domain/review/model';
import { slipClasses } from '#domain/review/slips';

/** 票的颜色 */
export interface SlipColor {
  readonly name: string;
  readonly css: string;
}

const palette: readonly SlipColor[] = [
  { name: '蓝色', css: '#1456f0' },
  { name: '橙色', css: '#d46b08' },
  { name: '绿色', css: '#237b4b' },
  { name: '紫色', css: '#6f42c1' },
  { name: '红色', css: '#c5221f' },
  { name: '灰色', css: '#4e5969' },
];

/** 一类一色 — by class, in the order of the plan; its name stands beside it wherever the colour is meant. */
export function slipColors(session: ReviewSession): ReadonlyMap<string, SlipColor> {
  return new Map(slipClasses(session).flatMap(({ name }, index) => (palette[index] ? [[name, palette[index]]] : [])));
}
