import type { CardDefinition, CardJson, CardJsonElement } from '#cards/kit/card';
import type { EmulatorControls } from '#platform/emulator/controls';
import { listenOnLoopback } from '#platform/emulator/loopback';
import { createOpenApi } from '#platform/emulator/open-api';
import { createPage } from '#platform/emulator/page/server';
import {
  actsAt,
  cardWith,
  createScene,
  feedbackForm,
  openWebhook,
  type Received,
  type Reply,
  type Scene,
  type Webhook,
  words,
} from './emulator-scene.ts';

/** 页面的场景 — the small world of the emulator's tests with the page in front of it and a fake product behind it. */
export interface PageScene extends Scene {
  readonly url: string;
  readonly webhook: Webhook;
  /** moves that were asked of the product's clock */
  readonly moves: readonly Date[];
  post(card: CardJson, chatId?: string): string;
  close(): Promise<void>;
}

/** @param cards of any props; only their names and samples are asked for */
export async function openPageScene({
  cards = [],
}: {
  cards?: readonly Pick<CardDefinition<never>, 'cardName' | 'title'>[];
} = {}): Promise<PageScene> {
  const scene = createScene();
  const webhook = await openWebhook();
  const acts = actsAt(scene, webhook.url);
  const moves: Date[] = [];
  const controls: EmulatorControls = {
    now: () => scene.clock.now(),
    moveClockTo: (at) => {
      moves.push(at);
      scene.clock.set(at);
      return Promise.resolve();
    },
    nextWorkingDay: () => Promise.resolve(new Date('2026-05-29T09:00:00+08:00')),
    outbox: () =>
      Promise.resolve([
        {
          id: 'e1',
          kind: 'sendCard',
          state: 'dead',
          recipient: '张敏',
          cardKey: 'task-book:1',
          attempts: 3,
          lastError: '230013',
          createdAt: '2026-05-28 15:00',
        },
      ]),
    cast: [],
    cards: cards as EmulatorControls['cards'],
  };
  const page = createPage({ store: scene.store, acts, faults: scene.faults, controls, openApi: createOpenApi(scene.api) });
  const listening = await listenOnLoopback(page);
  return {
    ...scene,
    url: listening.url,
    webhook,
    moves,
    post: (card, chatId = scene.store.directChat(scene.zhang.openId).chatId) =>
      scene.store.post({ chatId, sender: { kind: 'bot' }, msgType: 'interactive', content: JSON.stringify(card) }).messageId,
    close: async () => {
      await listening.close();
      await webhook.close();
    },
  };
}

/** 一张反馈表单的卡片 */
export function feedbackCard(): CardJson {
  return cardWith([words('**管-063** 老旧小区改造，请于 6 月 5 日前反馈。'), feedbackForm()], { title: '任务反馈' });
}

/** 产品收下反馈后换上的卡片 */
export function acceptedReply({ event }: Received): Reply {
  if (event.header['event_type'] !== 'card.action.trigger') return {};
  return {
    body: {
      toast: { type: 'success', content: '已提交' },
      card: { type: 'raw', data: cardWith([words('反馈已提交，待单位审签。')], { title: '已反馈' }) },
    },
  };
}

const plain = (content: string): Record<string, unknown> => ({ tag: 'plain_text', content });
const callback = [{ type: 'callback', value: { action: 'try' } }];

/** 每种组件一个样子 — what must be readable on the page for each. */
export function componentSamples(openId: string): Readonly<Record<string, { elements: readonly CardJsonElement[]; shows: readonly string[] }>> {
  const form = (...elements: CardJsonElement[]): CardJsonElement => ({
    tag: 'form',
    name: 'f1',
    elements: [...elements, { tag: 'button', name: 'submit', form_action_type: 'submit', value: { action: 'try' }, text: plain('提交') }],
  });
  const options = [
    { text: plain('按期推进'), value: 'a' },
    { text: plain('存在困难'), value: 'b' },
  ];
  return {
    div: {
      elements: [
        {
          tag: 'div',
          text: plain('纯文本 <at id=all></at>'),
          icon: { tag: 'standard_icon', token: 'time_outlined' },
          fields: [{ is_short: true, text: { tag: 'lark_md', content: "<font color='grey'>牵头单位</font>\n住建局" } }],
        },
      ],
      shows: ['纯文本 <at id=all></at>', '牵头单位', '住建局'],
    },
    markdown: {
      elements: [
        {
          tag: 'markdown',
          content: `## 二级标题\n\n**粗** *斜* ~~删~~ \`码\` <font color='red'>红字</font> <text_tag color='green'>按期</text_tag> <at id=${openId}></at> <person id=${openId}></person> <number_tag>7</number_tag> <local_datetime millisecond=1780000000000 format_type=date></local_datetime>\n\n> 引文\n\n1. 第一\n2. 第二\n\n[网址](https://example.gov.cn) <blink>怪标签</blink>\n\n| 项 | 数 |\n| - | - |\n| 甲 | 3 |`,
        },
      ],
      shows: [
        '二级标题',
        '粗',
        '斜',
        '删',
        '码',
        '红字',
        '按期',
        '@张敏',
        '7',
        '2026年5月29日',
        '引文',
        '第一',
        '网址',
        '模拟器未绘制：标签 blink',
        '怪标签',
        '甲',
        '3',
      ],
    },
    hr: { elements: [{ tag: 'hr' }, words('分隔线之后')], shows: ['分隔线之后'] },
    img: { elements: [{ tag: 'img', img_key: 'img_v3_none', alt: plain('进度照片'), title: plain('现场') }], shows: ['进度照片', '现场'] },
    img_combination: {
      elements: [{ tag: 'img_combination', combination_mode: 'double', img_list: [{ img_key: 'img_a' }, { img_key: 'img_b' }] }],
      shows: ['图 1', '图 2'],
    },
    person: { elements: [{ tag: 'person', user_id: openId, show_name: true }], shows: ['张敏'] },
    person_list: { elements: [{ tag: 'person_list', persons: [{ id: openId }, { id: 'ou_nobody' }] }], shows: ['张敏', '未知人员 ou_nobody'] },
    table: {
      elements: [
        {
          tag: 'table',
          page_size: 2,
          columns: [
            { name: 'code', display_name: '编号', data_type: 'text' },
            { name: 'light', display_name: '灯', data_type: 'options' },
            { name: 'rate', display_name: '完成率', data_type: 'number', format: { precision: 1, symbol: '%', separator: true } },
            { name: 'who', display_name: '责任人', data_type: 'persons' },
            { name: 'due', display_name: '时限', data_type: 'date', date_format: 'YYYY-MM-DD' },
            { name: 'note', display_name: '说明', data_type: 'lark_md' },
          ],
          rows: ['管-063', '管-064', '管-065'].map((code) => ({
            code,
            light: [{ text: '红灯', color: 'red' }],
            rate: 1234.5,
            who: [openId],
            due: 1_780_000_000_000,
            note: '**重点**',
          })),
        },
      ],
      shows: ['编号', '管-063', '管-064', '红灯', '%1,234.5', '张敏', '2026-05-29', '重点', '共 3 行', '1 / 2'],
    },
    chart: {
      elements: [
        {
          tag: 'chart',
          aspect_ratio: '16:9',
          chart_spec: {
            type: 'bar',
            title: { text: '各单位完成率' },
            data: {
              values: [
                { unit: '住建局', rate: 80 },
                { unit: '教育局', rate: 65 },
              ],
            },
            xField: 'unit',
            yField: 'rate',
          },
        },
      ],
      shows: [],
    },
    audio: { elements: [{ tag: 'audio', file_key: 'file_v3_a', audio_id: '1' }], shows: ['模拟器未绘制：audio'] },
    unheard_of: { elements: [{ tag: 'unheard_of' }], shows: ['模拟器未绘制：unheard_of'] },
    column_set: {
      elements: [
        {
          tag: 'column_set',
          flex_mode: 'stretch',
          background_style: 'grey',
          columns: [
            { tag: 'column', width: 'weighted', weight: 2, padding: '8px', elements: [words('左栏')] },
            { tag: 'column', width: 'weighted', weight: 1, padding: '8px', elements: [words('右栏')] },
          ],
        },
      ],
      shows: ['左栏', '右栏'],
    },
    interactive_container: {
      elements: [
        {
          tag: 'interactive_container',
          has_border: true,
          corner_radius: '8px',
          padding: '12px',
          hover_tips: plain('查看详情'),
          behaviors: callback,
          elements: [words('整块可点'), { tag: 'button', text: plain('里面的按钮'), behaviors: callback }],
        },
      ],
      shows: ['整块可点', '里面的按钮'],
    },
    collapsible_panel: {
      elements: [
        {
          tag: 'collapsible_panel',
          expanded: true,
          border: { color: 'grey', corner_radius: '5px' },
          padding: '8px',
          header: { title: plain('办理记录'), icon: { tag: 'standard_icon', token: 'down-small-ccm_outlined' }, icon_expanded_angle: -180 },
          elements: [words('5 月 20 日 签收')],
        },
      ],
      shows: ['办理记录', '5 月 20 日 签收'],
    },
    button: {
      elements: ['default', 'primary', 'danger', 'text', 'primary_text', 'danger_text', 'primary_filled', 'danger_filled', 'laser'].map((type) => ({
        tag: 'button',
        type,
        text: plain(`按钮 ${type}`),
        behaviors: callback,
      })),
      shows: ['按钮 default', '按钮 primary_filled', '按钮 laser'],
    },
    overflow: {
      elements: [{ tag: 'overflow', options: [{ text: plain('改派'), value: 'reassign' }], behaviors: callback }],
      shows: ['更多操作'],
    },
    input: {
      elements: [
        form(
          { tag: 'input', name: 'note', required: true, max_length: 20, label: plain('进展说明'), placeholder: plain('20 字以内') },
          { tag: 'input', name: 'more', input_type: 'multiline_text', rows: 2, label: plain('存在问题'), default_value: '资金缺口' },
        ),
      ],
      shows: ['进展说明', '*', '0 / 20', '存在问题'],
    },
    select_static: {
      elements: [form({ tag: 'select_static', name: 's', required: true, placeholder: plain('办理状态'), options })],
      shows: ['办理状态', '按期推进'],
    },
    multi_select_static: {
      elements: [form({ tag: 'multi_select_static', name: 'm', placeholder: plain('配合单位'), options, selected_values: ['a', 'b'] })],
      shows: ['按期推进、存在困难', '*'],
    },
    select_person: {
      elements: [form({ tag: 'select_person', name: 'p', placeholder: plain('责任人'), options: [{ value: openId }] })],
      shows: ['责任人', '张敏'],
    },
    multi_select_person: {
      elements: [form({ tag: 'multi_select_person', name: 'mp', required: false, placeholder: plain('抄送'), options: [{ value: openId }] })],
      shows: ['抄送', '张敏'],
    },
    date_picker: { elements: [form({ tag: 'date_picker', name: 'd', placeholder: plain('预计完成'), initial_date: '2026-06-30' })], shows: [] },
    picker_time: { elements: [form({ tag: 'picker_time', name: 't', placeholder: plain('几点'), initial_time: '09:30' })], shows: [] },
    picker_datetime: {
      elements: [form({ tag: 'picker_datetime', name: 'dt', placeholder: plain('何时'), initial_datetime: '2026-06-30 09:30' })],
      shows: [],
    },
    checker: {
      elements: [
        {
          tag: 'checker',
          name: 'c',
          checked: true,
          text: plain('已报分管领导'),
          checked_style: { show_strikethrough: true, opacity: 0.8 },
          button_area: { pc_display_rule: 'always', buttons: [{ tag: 'button', type: 'text', text: plain('查看'), behaviors: callback }] },
          behaviors: callback,
        },
      ],
      shows: ['已报分管领导', '查看'],
    },
    select_img: { elements: [{ tag: 'select_img', name: 'si', options: [{ img_key: 'img_c', value: 'c' }], behaviors: callback }], shows: ['c'] },
    form: { elements: [form({ tag: 'input', name: 'a', label: plain('一项') })], shows: ['一项', '提交'] },
  };
}
