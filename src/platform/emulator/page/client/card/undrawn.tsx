import type { VNode } from 'preact';

/** 模拟器未绘制 — whatever we can not draw says so; nothing is left out in silence. */
export function Undrawn({ what }: { what: string }): VNode {
  return <span class="undrawn">模拟器未绘制：{what}</span>;
}
