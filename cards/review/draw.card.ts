import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { button, buttons, fields, form, input, note, panel, submit, table, text } from '../kit/elements.ts';
import { giveNumber } from './actions.ts';
import { stageUnits } from './samples.ts';

export interface DrawProps {
  readonly sessionId: string;
  readonly drawId: string;
  readonly title: string;
  readonly commitment: string;
  /** 核对抽签的网页 */
  readonly url: string;
  /** 锁定的单位数 */
  readonly units: number;
  readonly observers: readonly { readonly name: string; readonly number: string | null }[];
  /** 这张卡片的主人还没有取数：给他填；群里的没有 */
  readonly asks: boolean;
  /** 开签之后 */
  readonly opened: { readonly order: readonly string[]; readonly secret: string; readonly seed: string; readonly listHash: string } | null;
}

/** 抽签 — the commitment first, then the observers' numbers, then everything that anybody needs to compute the order again. */
export const drawCard = defineCard<DrawProps>('review.draw', '述职抽签', build, samples());

function build({ sessionId, drawId, title, commitment, url, units, observers, asks, opened }: DrawProps) {
  const given = observers.filter(({ number }) => number !== null).length;
  const inputs = observers.map(({ name, number }) => `${name} ${number === null ? '未取数' : opened ? number : '已取数'}`).join('　');
  const line = opened ? `已开签：${units}家的述职次序` : `名单已锁定，等监督员取数：${given}/${observers.length}`;
  return {
    title: '述职抽签',
    subtitle: `${drawId}　${title}`,
    color: opened ? ('green' as const) : asks ? ('orange' as const) : ('blue' as const),
    tags: [
      opened
        ? { text: '已开签', color: 'green' as const }
        : { text: asks ? '请您取数' : '待取数', color: asks ? ('orange' as const) : ('blue' as const) },
    ],
    summary: `${drawId} ${line}`,
    elements: [
      text(line, { size: 'heading', lines: 2 }),
      opened &&
        table({
          columns: [
            { name: 'place', title: '次序', type: 'number', width: '80px', align: 'right' },
            { name: 'unit', title: '单位' },
          ],
          rows: opened.order.map((unit, index) => ({ place: index + 1, unit })),
          pageSize: 10,
        }),
      fields([
        { label: '取数', value: inputs, wide: true },
        { label: '承诺', value: commitment, wide: true },
      ]),
      opened &&
        panel('核对所需', [
          fields([
            { label: '密数', value: opened.secret, wide: true },
            { label: '种子', value: opened.seed, wide: true },
            { label: '名单指纹', value: opened.listHash, wide: true },
          ]),
        ]),
      !asks && buttons(button(opened ? '在网页上重算' : '看承诺', { url })),
      asks &&
        form(`draw_${drawId.replace(/\W/g, '')}_${given}`, [
          input('number', '任想一个6位数', { required: true, placeholder: '例如 084415', maxLength: 6 }),
          submit('提交取数', bind(giveNumber, { sessionId })),
        ]),
      opened
        ? note('抽签证明已发到监督员群；任何人在网页上、用“draw verify”都能重算。')
        : note('承诺是名单和密数的指纹，先公布，事后改不了。最后一位取数后当即开签，人人可以重算。'),
    ],
  };
}

function samples() {
  const base: DrawProps = {
    sessionId: 's1',
    drawId: 'SZ-2026-12-18',
    title: '2026年度单位主要负责人述职“赶考”',
    commitment: 'a5487072a7d7a5d24f88e24dfade015c1915bad5d9a323480e7597ca069414fc',
    url: 'https://shuling.example.gov.cn/p/draw/a5487072a7d7a5d24f88e24dfade015c1915bad5d9a323480e7597ca069414fc',
    units: 8,
    observers: [
      { name: '罗静', number: '371920' },
      { name: '白露', number: null },
      { name: '石磊', number: null },
    ],
    asks: false,
    opened: null,
  };
  const all = [
    { name: '罗静', number: '371920' },
    { name: '白露', number: '084415' },
    { name: '石磊', number: '559003' },
  ];
  return [
    { name: 'committed', props: base },
    { name: 'asks', props: { ...base, asks: true } },
    {
      name: 'opened',
      props: {
        ...base,
        observers: all,
        opened: {
          order: stageUnits,
          secret: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
          seed: 'a1ff43b967f297917bf48bf2a2f95abeb88bc435c41ad1d1f42c831a51c62e63',
          listHash: '7987f32738e74913af3a6d29e781524fba16396076ebf03a0e12e9750f72a5d5',
        },
      },
    },
  ];
}
