// 核对抽签的网页：在看的人自己的浏览器里重算；改一个字，就看得到哪里不符。
import { recompute } from './recompute.ts';

const form = document.getElementById('draw') as HTMLFormElement;
const verdict = document.getElementById('verdict') as HTMLElement;
const field = (name: string): string => (form.elements.namedItem(name) as HTMLTextAreaElement | HTMLInputElement).value;
const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

async function check(): Promise<void> {
  const given = {
    drawId: field('drawId'),
    secret: field('secret').trim(),
    items: lines(field('items')),
    inputs: field('inputs').trim().split(/\s+/),
  };
  const found = await recompute(given);
  const { commitment, order } = form.dataset;
  const faults = [
    ...(found.commitment === commitment ? [] : ['承诺不符：名单或密数与事先公布的不一样']),
    ...(found.order.join('\n') === order ? [] : ['次序不符']),
  ];
  verdict.textContent = faults.length === 0 ? '在您的浏览器里重算：承诺一致，次序一致。' : `重算的结果：${faults.join('；')}。`;
  verdict.dataset['same'] = String(faults.length === 0);
  for (const [name, value] of Object.entries({ listHash: found.listHash, commitment: found.commitment, seed: found.seed })) {
    const place = document.getElementById(name);
    if (place) place.textContent = value;
  }
  document.getElementById('order')?.replaceChildren(
    ...found.order.map((item) => {
      const row = document.createElement('li');
      row.textContent = item;
      return row;
    }),
  );
}

if (globalThis.crypto?.subtle === undefined) verdict.textContent = '这个地址不是https的，浏览器不许重算；请用命令行“draw verify”。';
else {
  form.addEventListener('input', () => void check());
  void check();
}
