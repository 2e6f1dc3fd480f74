import type { CardJson, CardJsonElement } from '#cards/kit/card';

/** 一张合规的空架子 */
export function cardWith(elements: readonly unknown[], config: Record<string, unknown> = {}): CardJson {
  return {
    schema: '2.0',
    config: { update_multi: true, enable_forward: false, enable_forward_interaction: false, summary: { content: '极限' }, ...config },
    header: { title: { tag: 'plain_text', content: '极限' }, template: 'blue' },
    body: { direction: 'vertical', padding: '12px', vertical_spacing: '8px', horizontal_spacing: '8px', elements: elements as CardJsonElement[] },
  };
}

/** 恰好这么多字节的卡片 @param bytes UTF-8 */
export function cardOfBytes(bytes: number): CardJson {
  const length = (content: string): number => Buffer.byteLength(JSON.stringify(cardWith([{ tag: 'markdown', content }])));
  return cardWith([{ tag: 'markdown', content: 'a'.repeat(bytes - length('')) }]);
}

/** 恰好这么多个带 tag 的对象：标题算一个，其余是分隔线。 */
export function cardOfTags(tags: number): CardJson {
  return cardWith(Array.from({ length: tags - 1 }, () => ({ tag: 'hr' })));
}

export const smallTable = { tag: 'table', columns: [{ name: 'a', data_type: 'text' }], rows: [{ a: '甲' }] };
const markdownTable = { tag: 'markdown', content: '|甲|乙|\n|---|---|\n|1|2|' };

/** 组件表格和 Markdown 表格各算一张；代码块里的不算。 */
export function cardOfTables(components: number, inMarkdown = 0): CardJson {
  const fenced = { tag: 'markdown', content: '```\n|甲|\n|---|\n```' };
  return cardWith([...Array.from({ length: components }, () => smallTable), ...Array.from({ length: inMarkdown }, () => markdownTable), fenced]);
}

/** 容器一层套一层 */
export function cardOfDepth(depth: number): CardJson {
  let inner: unknown = { tag: 'hr' };
  for (let level = 0; level < depth; level += 1) inner = { tag: 'column_set', columns: [{ tag: 'column', elements: [inner] }] };
  return cardWith([inner]);
}

export const lineChart = { type: 'line', data: { values: [{ x: '1月', y: 1 }] }, xField: 'x', yField: 'y' };
export const submitButton = {
  tag: 'button',
  name: 'go',
  text: { tag: 'plain_text', content: '提交' },
  form_action_type: 'submit',
  value: { id: '1' },
};

/** 一张表单卡片 */
export function cardOfForm(...children: readonly unknown[]): CardJson {
  return cardWith([{ tag: 'form', name: 'f_1', elements: children }]);
}
