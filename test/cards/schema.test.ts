import { describe, expect, test } from 'vitest';
import { render } from '#cards/kit/render';
import { checkCard, checkOurCard, type PlatformContext, platformMessage } from '#cards/kit/schema';
import { fc } from '../fast-check.ts';
import { allSamples } from './all-cards.ts';
import { cardOfBytes, cardOfDepth, cardOfForm, cardOfTables, cardOfTags, cardWith, lineChart, smallTable, submitButton } from './limits.ts';

const rejects = (card: unknown, context?: PlatformContext) => checkCard(card, context).filter(({ verdict }) => verdict === 'reject');
const codes = (card: unknown, context?: PlatformContext) => rejects(card, context).map(({ code }) => code);
const firstMessage = (card: unknown): string => {
  const [first] = rejects(card);
  return first ? platformMessage(first) : '';
};
const text = (content: string) => ({ tag: 'plain_text', content });

/** contract 3.8 */
const referenceCard = {
  schema: '2.0',
  config: { update_multi: true, enable_forward: false, width_mode: 'default', summary: { content: '催办：3 项待反馈' } },
  header: { title: text('任务反馈'), template: 'orange', text_tag_list: [{ tag: 'text_tag', text: text('逾期 2 天'), color: 'red' }] },
  body: {
    direction: 'vertical',
    padding: '12px',
    vertical_spacing: '8px',
    elements: [
      { tag: 'markdown', element_id: 'brief', content: '**事项** 〔示例〕…' },
      {
        tag: 'form',
        name: 'fb_1024_r3',
        elements: [
          {
            tag: 'select_static',
            name: 'status',
            required: true,
            width: 'fill',
            placeholder: text('办理状态'),
            options: [
              { text: text('按期推进'), value: 'on_track' },
              { text: text('存在困难'), value: 'blocked' },
            ],
          },
          {
            tag: 'input',
            name: 'note',
            input_type: 'multiline_text',
            rows: 3,
            max_length: 500,
            width: 'fill',
            label: text('进展说明'),
            label_position: 'top',
          },
          {
            tag: 'button',
            type: 'primary',
            name: 'submit_fb_1024_r3',
            form_action_type: 'submit',
            text: text('提交反馈'),
            value: { act: 'fb.submit', id: '1024', rev: 3 },
          },
        ],
      },
    ],
  },
};

test('参考的表单卡片（contract 3.8）没有任何毛病；空卡片合法', () => {
  expect(checkCard(referenceCard)).toEqual([]);
  expect(checkCard({})).toEqual([]);
});

describe('极限上下各一张（contract 10.3）', () => {
  test.each([
    ['30 720字节收，30 721字节拒', cardOfBytes(30 * 1024), cardOfBytes(30 * 1024 + 1), 230025],
    ['29.9 KB收，30.1 KB拒', cardOfBytes(Math.floor(29.9 * 1024)), cardOfBytes(Math.ceil(30.1 * 1024)), 230025],
    ['200个元素收，201个拒', cardOfTags(200), cardOfTags(201), 11310],
    ['5张表收，6张拒', cardOfTables(5), cardOfTables(6), 11310],
    ['Markdown表格也算：3+2收，3+3拒', cardOfTables(3, 2), cardOfTables(3, 3), 11310],
    ['5层容器收，6层拒', cardOfDepth(5), cardOfDepth(6), 11310],
  ])('%s', (_name, below, above, code) => {
    expect(rejects(below)).toEqual([]);
    expect(codes(above)).toEqual([code]);
  });

  test('平台的表格上限可以按实测收到3张，字节上限可以放宽', () => {
    expect(codes(cardOfTables(4), { tablesMax: 3 })).toEqual([11310]);
    expect(codes(cardOfTables(3), { tablesMax: 3 })).toEqual([]);
    expect(codes(cardOfBytes(100_000), { bytesMax: 131_000 })).toEqual([]);
  });

  test('我们自己的预算更紧：28 000字节、150个元素、3张表、3张图、4层容器', () => {
    expect(checkOurCard(cardOfBytes(28_000))).toEqual([]);
    expect(checkOurCard(cardOfBytes(28_001))).toHaveLength(1);
    expect(checkOurCard(cardOfTags(150))).toEqual([]);
    expect(checkOurCard(cardOfTags(151))).toHaveLength(1);
    expect(checkOurCard(cardOfDepth(4))).toEqual([]);
    expect(checkOurCard(cardOfDepth(5))).toHaveLength(1);
    expect(checkOurCard(cardOfTables(3))).toEqual([]);
    expect(checkOurCard(cardOfTables(4))).not.toEqual([]);
    const chart = { tag: 'chart', chart_spec: lineChart };
    expect(checkOurCard(cardWith([chart, chart, chart]))).toEqual([]);
    expect(checkOurCard(cardWith([chart, chart, chart, chart]))).toHaveLength(1);
  });
});

describe('每个子错误码各一例（contract 3.7）', () => {
  const unknownPerson: PlatformContext = { knowsPerson: (id) => id === 'ou_1' };
  const unknownImage: PlatformContext = { knowsImage: (key) => key === 'img_1' };
  const audio = (id: string) => ({ tag: 'audio', file_key: 'file_1', audio_id: id });
  test.each<[string, number, unknown, PlatformContext?]>([
    ['不认识的属性', 200621, cardWith([{ tag: 'hr', thickness: 1 }])],
    ['文字对象里不认识的属性', 200621, cardWith([{ tag: 'div', text: { ...text('甲'), bold: true } }])],
    ['根上的 1.0 属性', 200621, { ...cardWith([]), elements: [] }],
    ['根上的 fallback', 200621, { ...cardWith([]), fallback: {} }],
    ['标题带 tag', 200621, { ...cardWith([]), header: { tag: 'header', title: text('甲') } }],
    ['column 的圆角', 200621, cardWith([{ tag: 'column_set', columns: [{ tag: 'column', corner_radius: '8px', elements: [] }] }])],
    ['不存在的组件', 200621, cardWith([{ tag: 'video' }])],
    ['值类型不对', 200621, cardOfForm({ tag: 'select_static', name: 's', initial_option: { value: 'a' }, options: [] }, submitButton)],
    ['不认识的行为', 200621, cardWith([{ tag: 'button', text: text('按'), behaviors: [{ type: 'jump' }] }])],
    ['表单外的提交', 200621, cardWith([submitButton])],
    ['十六进制颜色', 200621, cardWith([{ tag: 'markdown', content: "<font color='#999999'>灰</font>" }])],
    ['不认识的颜色', 200621, cardWith([{ tag: 'div', text: { ...text('甲'), text_color: 'pink' } }])],
    ['缺少必需的属性', 200621, cardWith([{ tag: 'markdown' }])],
    ['update_multi 不是 true', 200621, cardWith([], { update_multi: false })],
    ['表格不在根上', 200621, cardWith([{ tag: 'collapsible_panel', header: { title: text('甲') }, elements: [smallTable] }])],
    ['表单套表单', 200621, cardOfForm({ tag: 'form', name: 'f_2', elements: [submitButton] }, { ...submitButton, name: 'again' })],
    [
      '表单里的图表',
      200621,
      cardOfForm({ tag: 'column_set', columns: [{ tag: 'column', elements: [{ tag: 'chart', chart_spec: lineChart }] }] }, submitButton),
    ],
    ['表单外的多选', 200621, cardWith([{ tag: 'multi_select_static', name: 'm', options: [] }])],
    ['表单外的多选图片', 200621, cardWith([{ tag: 'select_img', multi_select: true, options: [{ img_key: 'img_1' }], behaviors: [] }])],
    ['column_set 里直接放文字', 200621, cardWith([{ tag: 'column_set', columns: [{ tag: 'hr' }] }])],
    ['落单的 column', 200621, cardWith([{ tag: 'column', elements: [] }])],
    ['日期写法', 200621, cardOfForm({ tag: 'date_picker', name: 'd', initial_date: '2026/06/30' }, submitButton)],
    ['间距超限', 200621, cardWith([{ tag: 'hr', margin: '100px' }])],
    ['卡片写成 1.0', 200621, { config: {}, elements: [] }],
    ['已取消的 note', 200861, cardWith([{ tag: 'note', elements: [] }])],
    ['已取消的 action', 200861, cardWith([{ tag: 'action', actions: [] }])],
    ['没有提交按钮的表单', 300123, cardOfForm({ tag: 'input', name: 'n' })],
    ['@了不存在的人', 100290, cardWith([{ tag: 'markdown', content: '<at id=ou_2></at>' }]), unknownPerson],
    ['文字里 @了不存在的人', 100290, cardWith([{ tag: 'div', text: { tag: 'lark_md', content: '<at ids=ou_1,ou_2></at>' } }]), unknownPerson],
    ['人员组件里不存在的人', 100290, cardWith([{ tag: 'person_list', persons: [{ id: 'ou_2' }] }]), unknownPerson],
    [
      '表格里不存在的人',
      100290,
      cardWith([{ tag: 'table', columns: [{ name: 'p', data_type: 'persons' }], rows: [{ p: ['ou_2'] }] }]),
      unknownPerson,
    ],
    ['模板', 200380, { type: 'template', data: { template_id: 'AAq1' } }],
    ['图表类型', 200550, cardWith([{ tag: 'chart', chart_spec: { type: 'gantt', data: [] } }])],
    ['图表缺字段', 200550, cardWith([{ tag: 'chart', chart_spec: { ...lineChart, xField: undefined } }])],
    ['图表的轴不是数组', 200550, cardWith([{ tag: 'chart', chart_spec: { ...lineChart, axes: {} } }])],
    ['没有的图片', 200570, cardWith([{ tag: 'img', img_key: 'img_2', alt: text('图') }]), unknownImage],
    ['Markdown 里没有的图片', 200570, cardWith([{ tag: 'markdown', content: '![图](img_2)' }]), unknownImage],
    ['没有的图标图片', 200570, cardWith([{ tag: 'div', text: text('甲'), icon: { tag: 'custom_icon', img_key: 'img_2' } }]), unknownImage],
    ['单元格类型不对', 200914, cardWith([{ ...smallTable, rows: [{ a: 1 }] }])],
    ['没有声明的列', 200915, cardWith([{ ...smallTable, rows: [{ b: '乙' }] }])],
    ['音频不存在', 300240, cardWith([audio('a')]), { knowsAudio: () => false }],
    ['音频编号重复', 300230, cardWith([audio('a'), audio('a')])],
    ['有音频却可转发', 300220, cardWith([audio('a')], { enable_forward: true })],
    [
      '组件编号重复',
      300301,
      cardWith([
        { tag: 'hr', element_id: 'a' },
        { tag: 'hr', element_id: 'a' },
      ]),
    ],
    ['组件编号以数字开头', 300301, cardWith([{ tag: 'hr', element_id: '1a' }])],
  ])('%s：%i', (_name, code, card, context) => {
    expect([...new Set(codes(card, context))]).toEqual([code]);
  });

  test('拒绝的话与平台一样，可以从里面取出子错误码和路径', () => {
    expect(firstMessage(cardWith([{ tag: 'hr' }, { tag: 'div', bold: true }]))).toBe(
      'Failed to create card content, ext=ErrCode: 200621; ErrPath: ROOT -> body -> elements -> [1](tag: div); ErrMsg: parse card json err, please check whether the card json is correct; ErrorValue: unknown property, property: bold, path: ROOT -> body -> elements -> [1](tag: div); ',
    );
    expect(firstMessage(cardOfTags(201))).toContain('ErrCode: 11310; ErrPath: ROOT; ErrMsg: element exceeds the limit');
    expect(firstMessage(cardOfTables(6))).toContain('ErrMsg: card table number over limit; ErrorValue: table');
    expect(firstMessage(cardWith([{ tag: 'action', actions: [] }]))).toContain('ErrorValue: unsupported tag action');
    expect(firstMessage(cardOfForm({ tag: 'input', name: 1 }, submitButton))).toContain('expected string for name, but: 1');
    expect(firstMessage(cardOfBytes(40_000))).toBe('The length of the message content reaches its limit.');
  });
});

describe('平台收下但不该发的，告警', () => {
  test.each([
    ['1.0 的 wide_screen_mode', cardWith([], { wide_screen_mode: true })],
    ['组件上的 fallback', cardOfForm({ tag: 'input', name: 'n', fallback: {} }, submitButton)],
    ['旧颜色名', cardWith([{ tag: 'column_set', background_style: 'light_grey', columns: [] }])],
    ['没有 alt 的图片', cardWith([{ tag: 'img', img_key: 'img_1' }])],
    [
      '没有标题的确认框',
      cardWith([{ tag: 'button', text: text('按'), behaviors: [{ type: 'callback', value: {} }], confirm: { text: text('真的？') } }]),
    ],
    ['空的宽度', cardWith([{ tag: 'overflow', width: '', options: [] }])],
    ['按了没反应的按钮', cardWith([{ tag: 'button', text: text('按') }])],
    ['没有名字的表单组件', cardOfForm({ tag: 'input' }, submitButton)],
    ['重名的表单组件', cardOfForm({ tag: 'input', name: 'a' }, { tag: 'input', name: 'a' }, submitButton)],
    [
      '预选的值不在选项里',
      cardOfForm({ tag: 'select_static', name: 's', initial_option: 'b', options: [{ text: text('甲'), value: 'a' }] }, submitButton),
    ],
    [
      '重复的选项',
      cardOfForm(
        {
          tag: 'select_static',
          name: 's',
          options: [
            { text: text('甲'), value: 'a' },
            { text: text('乙'), value: 'a' },
          ],
        },
        submitButton,
      ),
    ],
    [
      '标签超过三个',
      { ...cardWith([]), header: { title: text('甲'), text_tag_list: Array.from({ length: 4 }, () => ({ tag: 'text_tag', text: text('乙') })) } },
    ],
  ])('%s', (_name, card) => {
    expect(rejects(card)).toEqual([]);
    expect(checkCard(card)).toHaveLength(1);
    expect(checkOurCard(card)).not.toEqual([]);
  });

  test('残留可以按最严的读法拒绝，表单里的图表可以按宽的读法收下', () => {
    expect(codes(cardWith([], { wide_screen_mode: true }), { leftovers: 'reject' })).toEqual([200621]);
    expect(codes(cardOfForm({ tag: 'chart', chart_spec: lineChart }, submitButton), { chartInForm: 'accept' })).toEqual([]);
  });
});

test('我们的卡片：有摘要、不可转发、间距写明、不@所有人', () => {
  const bare = { schema: '2.0', body: { elements: [{ tag: 'markdown', content: '<at id=all></at>' }] } };
  expect(rejects(bare)).toEqual([]);
  expect(checkOurCard(bare)).toEqual([
    '没有摘要',
    '没有写明 update_multi',
    '没有关闭转发',
    '没有标题',
    '没有写明间距',
    'ROOT -> body -> elements -> [0](tag: markdown)：不得@所有人',
  ]);
});

test('往任何一张样卡的任何一个对象里多放一个属性，平台都拒绝', { timeout: 120_000 }, async () => {
  for (const { definition, name, card } of await allSamples()) {
    const json: unknown = render(card);
    for (const path of objectPaths(json)) {
      const target = path.reduce((node, key) => (node as Record<string, unknown>)[key], json) as Record<string, unknown>;
      target['strange_key'] = 1;
      expect(rejects(json).length, `${definition.cardName} ${name} ${path.join('.')}`).toBeGreaterThan(0);
      Reflect.deleteProperty(target, 'strange_key');
    }
  }
});

test('什么都能判，不会出错', () => {
  const junk = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.record(
        {
          tag: fc.constantFrom(
            'div',
            'form',
            'column_set',
            'column',
            'button',
            'table',
            'chart',
            'plain_text',
            'collapsible_panel',
            'input',
            'note',
            'x',
          ),
          text: tie('node'),
          header: tie('node'),
          columns: fc.oneof(fc.array(tie('node'), { maxLength: 3 }), tie('node')),
          rows: fc.oneof(fc.array(tie('node'), { maxLength: 3 }), tie('node')),
          elements: fc.oneof(fc.array(tie('node'), { maxLength: 3 }), tie('node')),
          behaviors: fc.oneof(fc.array(tie('node'), { maxLength: 3 }), tie('node')),
          content: fc.oneof(fc.string(), tie('node')),
        },
        { requiredKeys: [] },
      ),
    ),
  })).node;
  fc.assert(
    fc.property(junk, fc.array(junk, { maxLength: 4 }), junk, (card, elements, header) => {
      expect(Array.isArray(checkCard(card))).toBe(true);
      expect(Array.isArray(checkOurCard({ ...cardWith(elements), header }))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

/** 严格的对象的路径：回调值、图表和表格的行是数据，不在内。 */
function objectPaths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    ['value', 'chart_spec', 'rows'].includes(key) ? [] : objectPaths(child, [...path, key]),
  );
  return Array.isArray(value) ? inner : [path, ...inner];
}
