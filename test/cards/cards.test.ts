import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { propsOf } from '#cards/kit/card';
import { plainMessage } from '#cards/kit/markdown';
import { render } from '#cards/kit/render';
import { checkCard, checkOurCard } from '#cards/kit/schema';
import { isJson } from '#cards/kit/schema/inspection';
import { asText, shrink } from '#cards/kit/shrink';
import { features } from '#features/index';
import { createSeal } from '#runtime/seal';
import { allActions, allCards, allSamples, boundActions, cardFiles } from './all-cards.ts';
import { filledWith, mutationsOf } from './mutations.ts';
import { styleFaults } from './style.ts';

const definitions = await allCards();
const samples = await allSamples();
const actions = await allActions();
const everySample = samples.map((sample) => [`${sample.definition.cardName} · ${sample.name}`, sample] as const);
const previews = new URL('../../cards/previews/', import.meta.url);
const previewName = (cardName: string, sample: string): string => `${cardName}.${sample}.json`;

/** 与真正发出的一样长：印章、期限、收件对象都在。 */
const seal = createSeal('a secret of the usual length, 0123456789');
const sentAt = new Date('2026-05-29T09:00:00+08:00');
const encode = (value: Parameters<typeof seal.seal>[0]) => seal.seal(value, 'person:ou_7d8a6e6df7621556ce0d21922b676706', sentAt);

describe.each(everySample)('%s', (_title, { definition, name, props, card }) => {
  test('与预览一致', async () => {
    const file = new URL(previewName(definition.cardName, name), previews);
    await expect(`${JSON.stringify(render(card), null, 2)}\n`).toMatchFileSnapshot(file.pathname);
  });

  test('存下名字和内容，取出来还画得出同一张卡片', () => {
    expect(propsOf(card)).toBe(props);
    expect(definition(JSON.parse(JSON.stringify(props)))).toEqual(card);
  });

  test('平台收下，也在我们的预算之内', () => {
    expect(checkCard(render(card, { encode }))).toEqual([]);
    expect(checkOurCard(render(card, { encode }))).toEqual([]);
  });

  test('合乎风格 P0–P7', () => {
    expect(styleFaults(card, render(card))).toEqual([]);
  });

  test('退到小卡片、再退到文字，都还说得清', () => {
    const small = render(shrink(card), { encode });
    expect(checkOurCard(small)).toEqual([]);
    expect(JSON.stringify(small).length).toBeLessThanOrEqual(JSON.stringify(render(card, { encode })).length + 1_000);
    expect(asText(card)).toContain(plainMessage(card.summary));
  });

  test.each([
    ['六百个汉字', '督'.repeat(600)],
    ['两百个@所有人', '<at id=all></at>'.repeat(200)],
    ['堆叠的符号', `督${'\u0301'.repeat(2_000)}`],
  ])('处处写满%s，小卡片也发得出去', (_words, flood) => {
    const small = shrink(definition(filledWith(props, flood)));
    expect(checkOurCard(render(small, { encode }))).toEqual([]);
  });

  test('摘要是一行话', () => {
    const { content } = render(card).config['summary'] as { content: string };
    expect(content).not.toMatch(/\n/);
    expect([...content].length).toBeLessThanOrEqual(120);
  });

  test('每个按钮都接着一个动作，带的正是它要的编号', () => {
    for (const { action, payload } of boundActions(card)) {
      const definitionOfAction = actions.get(action);
      expect(definitionOfAction, `动作 ${action} 没有定义`).toBeDefined();
      expect(definitionOfAction?.payload.parse(payload)).toEqual(payload);
    }
  });

  test('表单收的正是动作要的', () => {
    for (const form of render(card).body.elements.filter(({ tag }) => tag === 'form')) {
      const { names, submitted } = partsOf(form);
      for (const action of submitted) {
        const shape = shapeOf(actions.get(action)?.form);
        expect(names.filter((field) => !(field in shape))).toEqual([]);
        const needed = Object.keys(shape).filter((field) => shape[field]?.safeParse(undefined).success === false);
        expect(needed.filter((field) => !names.includes(field))).toEqual([]);
      }
    }
  });
});

test.each(definitions.map((definition) => [definition.cardName, definition] as const))(
  '%s：给它的每一项内容都用上了，改一项卡片就变（P0）',
  (_name, definition) => {
    const mattering = new Map<string, boolean>();
    for (const { props } of definition.samples) {
      const original = JSON.stringify(render(definition(props)));
      for (const { path, changed } of mutationsOf(props)) {
        if (!mattering.get(path)) mattering.set(path, drawn(() => JSON.stringify(render(definition(changed)))) !== original);
      }
    }
    expect([...mattering].filter(([, matters]) => !matters).map(([path]) => path)).toEqual([]);
  },
);

test('每张卡片有样例，名字不重，属于所在的文件夹', async () => {
  const names = definitions.map(({ cardName }) => cardName);
  expect(new Set(names).size).toBe(names.length);
  expect(definitions.filter(({ samples: list }) => list.length === 0).map(({ cardName }) => cardName)).toEqual([]);
  const folders = new Set((await cardFiles()).map((file) => file.split('/')[0]));
  expect(names.filter((name) => !folders.has(name.split('.')[0] ?? ''))).toEqual([]);
  for (const { cardName, samples: list } of definitions) expect(new Set(list.map(({ name }) => name)).size, cardName).toBe(list.length);
});

test('凡写时限、签收时限、反馈日的地方，日期都带星期', async () => {
  const bare = (await readdir(previews)).flatMap((name) => {
    const text = readFileSync(new URL(name, previews), 'utf8').replace(/&#40;/g, '(');
    return (text.match(/(?:时限|原定|反馈请在|截至)(?:\d{4}年)?\d{1,2}月\d{1,2}日(?![(（]周)/g) ?? []).map((words) => `${name} ${words}`);
  });
  expect(bare).toEqual([]);
});

test('没有多余的预览', async () => {
  const wanted = samples.map(({ definition, name }) => previewName(definition.cardName, name));
  expect((await readdir(previews)).filter((file) => !wanted.includes(file))).toEqual([]);
});

test('每个动作至少在一张样卡上按得到', () => {
  const bound = new Set(samples.flatMap(({ card }) => boundActions(card)).map(({ action }) => action));
  expect([...actions.keys()].filter((name) => !bound.has(name))).toEqual([]);
});

/** 变了的内容画不出来，也算变了。 */
function drawn(draw: () => string): string {
  try {
    return draw();
  } catch (error) {
    return String(error);
  }
}

function partsOf(value: unknown): { names: string[]; submitted: string[] } {
  const parts = { names: [] as string[], submitted: [] as string[] };
  const look = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(look);
    else if (isJson(node)) {
      if (node['form_action_type'] === 'submit' && isJson(node['value'])) parts.submitted.push(String(node['value']['action']));
      else if (typeof node['name'] === 'string' && node['tag'] !== 'button' && node['tag'] !== 'form') parts.names.push(node['name']);
      Object.values(node).forEach(look);
    }
  };
  look(value);
  return parts;
}

function shapeOf(form: unknown): Record<string, z.ZodType> {
  return isJson(form) || typeof form === 'object' ? ((form as { shape?: Record<string, z.ZodType> }).shape ?? {}) : {};
}

test('每种卡片都写在所属功能的清单里：发件箱凭名字找得到它', () => {
  const listed = features.flatMap(({ cards }) => cards.map(({ cardName }) => cardName));
  expect(definitions.map(({ cardName }) => cardName).filter((name) => !listed.includes(name))).toEqual([]);
});
