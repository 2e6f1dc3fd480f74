import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { render } from '#cards/kit/render';
import * as terms from '#cards/kit/terms';
import { roles } from '#core/context';
import { progressReportMachine, taskBookMachine, workItemMachine } from '#domain/work-items/model';
import { allSamples } from './all-cards.ts';

const root = new URL('../../', import.meta.url);
const glossary = await readFile(new URL('src/GLOSSARY.md', root), 'utf8');

/** 词表的一节 — the rows of its table, cell by cell. */
function rowsOf(section: number): string[][] {
  const text = glossary.split(/^## /m).find((part) => part.startsWith(`${section}.`)) ?? '';
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const codesIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

async function sources(): Promise<string> {
  const files = await Promise.all(
    ['src', 'cards', 'prisma/models'].map(async (folder) =>
      (await readdir(new URL(`${folder}/`, root), { recursive: true }))
        .filter((file) => /\.(ts|tsx|prisma)$/.test(file))
        .map((file) => `${folder}/${file}`),
    ),
  );
  return (await Promise.all(files.flat().map((file) => readFile(new URL(file, root), 'utf8')))).join('\n');
}

test('在用的词都在代码里', async () => {
  const words = new Set((await sources()).match(/\w+/g));
  const codes = rowsOf(1).flatMap(([, code]) => codesIn(code));
  expect(codes.length).toBeGreaterThan(40);
  expect(codes.filter((code) => !words.has(code))).toEqual([]);
});

test('一个说法只有一行，一个标识符只有一个意思', () => {
  const rows = [...rowsOf(1), ...rowsOf(2)];
  const names = rows.flatMap(([chinese = '']) => chinese.split(' / '));
  const codes = rows.flatMap(([, code]) => codesIn(code));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  for (const [chinese = '', code] of rows) expect(codesIn(code), chinese).toHaveLength(chinese.split(' / ').length);
});

test('代码与显示的词，与卡片用的一字不差', () => {
  const written = rowsOf(3).map(([kind, code, word]) => [...codesIn(kind), ...codesIn(code), word]);
  const { term, toneColor, ...kinds } = terms;
  expect(term(kinds.healthStatus, 'pass')).toBe('通过');
  expect(Object.keys(toneColor).length).toBeGreaterThan(0);
  const shown = Object.entries(kinds).flatMap(([kind, words]) => Object.entries(words).map(([code, word]) => [kind, code, word]));
  expect(new Set(written.map(String))).toEqual(new Set(shown.map(String)));
  expect(written).toHaveLength(shown.length);
});

test('每个状态、每个角色都有词，没有多余的词', () => {
  expect(Object.keys(terms.workItemStatus)).toEqual([...workItemMachine.states]);
  expect(Object.keys(terms.taskBookStatus)).toEqual([...taskBookMachine.states]);
  expect(Object.keys(terms.progressReportStatus)).toEqual([...progressReportMachine.states]);
  expect(Object.keys(terms.role)).toEqual([...roles]);
});

test('不认识的代码照原样显示，不藏起来', () => {
  expect(terms.term(terms.role, 'nobody')).toBe('nobody');
});

test('不用的说法不上卡片', async () => {
  const banned = rowsOf(4).map(([word = '']) => word);
  expect(banned.length).toBeGreaterThan(5);
  for (const { definition, name, card } of await allSamples()) {
    const json = JSON.stringify(render(card));
    expect(
      banned.filter((word) => json.includes(word)),
      `${definition.cardName} ${name}`,
    ).toEqual([]);
  }
});
