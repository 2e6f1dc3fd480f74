import { type Component, type Inspection, isJson, reject, warn } from './inspection.ts';
import { printed } from './leaves.ts';

/** 查表格 — every cell under a declared column, in the form of its data type. */
export function checkTable(inspection: Inspection, { json, path }: Component): void {
  const columns = Array.isArray(json['columns']) ? json['columns'].filter(isJson) : [];
  const rows = Array.isArray(json['rows']) ? json['rows'].filter(isJson) : [];
  const types = new Map(columns.map((column) => [String(column['name']), String(column['data_type'])]));
  if (types.size < columns.length) warn(inspection, { path, detail: 'duplicate name in columns' });
  rows.forEach((row, index) => {
    for (const [name, cell] of Object.entries(row)) {
      const type = types.get(name);
      if (type === undefined) reject(inspection, { path, code: 200915, detail: `rows[${index}].${name}` });
      else if (!fits(type, cell)) reject(inspection, { path, code: 200914, detail: `rows[${index}].${name}: ${printed(cell)}` });
    }
  });
  const { knowsPerson } = inspection.context;
  if (!knowsPerson) return;
  const personColumns = [...types].filter(([, type]) => type === 'persons').map(([name]) => name);
  for (const id of rows.flatMap((row) => personColumns.flatMap((name) => row[name] ?? []))) {
    if (typeof id === 'string' && !knowsPerson(id)) reject(inspection, { path, code: 100290, detail: id });
  }
}

const isText = (cell: unknown): boolean => typeof cell === 'string';
const isNumber = (cell: unknown): boolean => typeof cell === 'number';
const cellTests: Readonly<Record<string, (cell: unknown) => boolean>> = {
  text: isText,
  lark_md: isText,
  markdown: isText,
  number: isNumber,
  date: isNumber,
  persons: (cell) => isText(cell) || (Array.isArray(cell) && cell.every(isText)),
  options: (cell) =>
    isText(cell) || (Array.isArray(cell) && cell.every((option) => isJson(option) && isText(option['text']) && isOptionColor(option['color']))),
};

const optionColors = /^(neutral|blue|turquoise|lime|orange|violet|indigo|wathet|green|yellow|red|purple|carmine)$/;
function isOptionColor(color: unknown): boolean {
  return color === undefined || (typeof color === 'string' && optionColors.test(color));
}

function fits(type: string, cell: unknown): boolean {
  return cellTests[type]?.(cell) ?? true;
}
