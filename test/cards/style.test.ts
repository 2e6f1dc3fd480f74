import { expect, test } from 'vitest';
import { z } from 'zod';
import { bind, defineAction } from '#cards/kit/action';
import type { Card, CardContent } from '#cards/kit/card';
import { button, buttons, chart, divider, fields, form, note, panel, progress, row, submit, table, text } from '#cards/kit/elements';
import { colored } from '#cards/kit/markdown';
import { render } from '#cards/kit/render';
import { styleFaults } from './style.ts';

const act = { action: bind(defineAction('test.act', z.object({ id: z.string() })), { id: '1' }) };
const good: CardContent = {
  title: '任务书',
  color: 'orange',
  tags: [{ text: '待签收', color: 'orange' }],
  summary: '任务书待签收',
  elements: [fields([{ label: '事项', value: '3项' }]), buttons(button('签收', { style: 'primary', ...act })), note('由联络员签收。')],
};
const faultsOf = (change: Partial<CardContent>, alter: (json: string) => string = (json) => json): string[] => {
  const card: Card = { ...good, ...change, definition: 'test.card' };
  return styleFaults(card, JSON.parse(alter(JSON.stringify(render(card)))));
};

test('合规的卡片没有毛病', () => {
  expect(faultsOf({})).toEqual([]);
});

test.each<[string, RegExp, Partial<CardContent>, ((json: string) => string)?]>([
  ['拼坏的文字', /^P0 文字拼坏了/, { elements: [text('完成undefined%')] }],
  ['空白的文字', /^P0 有空白/, { elements: [text('  ')] }],
  [
    '两个主按钮',
    /^P1 有2个主按钮/,
    { elements: [buttons(button('审定', { style: 'primary', ...act }), button('下达', { style: 'primary', ...act }))] },
  ],
  ['表单内外各一个主按钮', /^P1/, { elements: [form('f', [submit('提交', act.action)]), buttons(button('采纳', { style: 'primary', ...act }))] }],
  ['两处大字', /^P1 有2处大字/, { elements: [text('甲', { size: 'heading' }), note('乙'), text('丙', { size: 'heading' })] }],
  ['标题里的表情', /^P1 标题里有表情/, { title: '🔔 催办' }],
  ['开头的分隔线', /^P2 分隔线/, { elements: [divider(), text('甲')] }],
  ['三条分隔线', /^P2 分隔线/, { elements: ['甲', '乙', '丙'].flatMap((words) => [text(words), divider()]).concat(text('丁')) }],
  ['拆开的名目与值', /^P2 名目/, { elements: [fields([{ label: '甲', value: '1' }]), fields([{ label: '乙', value: '2' }])] }],
  [
    '六块正文',
    /^P3 正文有6块/,
    {
      elements: [
        text('甲'),
        fields([{ label: '乙', value: '1' }]),
        progress('丙', 5),
        panel('丁', [text('戊')]),
        row('己'),
        buttons(button('签收', act)),
      ],
    },
  ],
  ['空的正文', /^P3 正文有0块/, { elements: [note('没有正文')] }],
  ['四种颜色', /^P3 有4种颜色/, { elements: [text(colored('red', '甲')), text(colored('green', '乙')), text(colored('blue', '丙'))] }],
  ['大段文字', /^P3 有一段/, { elements: [text('督'.repeat(401))] }],
  ['别的字号', /^P4/, {}, (json) => json.replace('"text_size":"notation"', '"text_size":"x-small"')],
  ['别的间距', /^P5 间距 10px/, {}, (json) => json.replace('"padding":"12px"', '"padding":"10px"')],
  ['外边距', /^P5 用了外边距/, {}, (json) => json.replace('"tag":"button"', '"tag":"button","margin":"4px"')],
  ['绿色的逾期', /^P6 绿色写着坏事/, { tags: [{ text: '逾期2天', color: 'green' }] }],
  ['红色的办结', /^P6 红色写着好事/, { elements: [text('已办结', { color: 'red' })] }],
  [
    '没有文字的颜色',
    /^P6 只有颜色/,
    { elements: [table({ columns: [{ name: 'a', title: '灯', type: 'options' }], rows: [{ a: [{ text: ' ', color: 'red' }] }] })] },
  ],
  ['红得没有道理', /^P6 标题是红的/, { color: 'red', tags: [] }],
  ['不确认的危险动作', /^P6 危险的动作/, { elements: [buttons(button('作废', { style: 'danger', ...act }))] }],
  [
    '彩虹色图表',
    /^P6 图表/,
    { elements: [chart({ type: 'pie', data: [], valueField: 'a', categoryField: 'b' })] },
    (json) => json.replace('"brand"', '"rainbow"'),
  ],
  ['炫光按钮', /^P6 用了炫光/, {}, (json) => json.replace('"type":"primary_filled"', '"type":"laser"')],
  ['拉伸的分栏', /^P7 分栏/, { elements: [buttons(button('甲办', act), button('乙办', act))] }, (json) => json.replace('"flow"', '"stretch"')],
  [
    '只有浅色的自定颜色',
    /^P7 自定颜色/,
    {},
    (json) => json.replace('"config":{', '"config":{"style":{"color":{"c1":{"light_mode":"rgba(0,0,0,1)"}}},'),
  ],
  ['不限行的文字', /^P7 动态文字/, {}, (json) => json.replace(/,"lines":\d+/g, '')],
  ['过长的按钮', /^P7 按钮过长/, { elements: [buttons(button('请点击这里签收本单位的任务书', act))] }],
  ['没说做什么的按钮', /^P7 按钮没说做什么/, { elements: [buttons(button('确定', act))] }],
  ['一排四个按钮', /^P7 一排有4个按钮/, { elements: [buttons(button('甲办', act), button('乙办', act), button('丙办', act), button('丁办', act))] }],
])('%s，看得出来', (_name, fault, change, alter) => {
  expect(faultsOf(change, alter)).toContainEqual(expect.stringMatching(fault));
});
