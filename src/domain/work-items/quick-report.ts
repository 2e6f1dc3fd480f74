import type { Metric } from './model.ts';

/** 一句话报数读出的 */
export interface QuickReport {
  readonly metrics: ReadonlyMap<string, number>;
  readonly percent: number | null;
  readonly content: string | null;
  readonly difficulties: string | null;
  readonly reason: string | null;
  /** 没有采用的，一处一句 */
  readonly unread: readonly string[];
}

const figure = /^(\D*?)[:：=为到至]?(-?\d[\d,，]*(?:\.\d+)?)(%|[^\d\s,，.]*)$/u;
const marked = /^(进展|困难|原因|下调原因)[:：]?(.*)$/u;

/**
 * 读一句话的报数 — `216户 困难：剩余2户在外地`. A figure goes to the metric of that name or that unit; `进展`, `困难` and `原因` begin
 * words that last until the next of them. Nothing is guessed: what fits nowhere, or in two places, comes back as a sentence.
 */
export function readQuickReport(metrics: readonly Metric[], said: string): QuickReport {
  const found = { metrics: new Map<string, number>(), percent: null as number | null, unread: [] as string[] };
  const words = { 进展: [] as string[], 困难: [] as string[], 原因: [] as string[] };
  let open: string[] | null = null;
  for (const token of said
    .normalize('NFKC')
    .split(/[\s;；。]+|[,，、](?!\d{3}(?!\d))/u)
    .filter(Boolean)) {
    const mark = marked.exec(token);
    if (mark) {
      open = words[mark[1] === '进展' || mark[1] === '困难' ? mark[1] : '原因'];
      if (mark[2]) open.push(mark[2]);
    } else if (open) open.push(token);
    else readFigure(metrics, token, found);
  }
  const joined = (list: readonly string[]): string | null => (list.length > 0 ? list.join('，') : null);
  return { ...found, content: joined(words.进展), difficulties: joined(words.困难), reason: joined(words.原因) };
}

type Found = { readonly metrics: Map<string, number>; percent: number | null; readonly unread: string[] };

function readFigure(metrics: readonly Metric[], token: string, found: Found): void {
  const [, name = '', digits = '', unit = ''] = figure.exec(token) ?? [];
  const value = Number(digits.replace(/[,，]/g, ''));
  const refuse = (why: string): unknown => found.unread.push(`“${token}”${why}，没有采用。`);
  if (digits === '') refuse('没听懂');
  else if (isPercent({ name, unit, bare: metrics.length === 0 })) {
    if (Number.isInteger(value) && value >= 0 && value <= 100) found.percent = value;
    else refuse('不是0到100的整数');
  } else {
    const fits = metrics.filter(
      (metric) => (name === '' || metric.name.includes(name) || name.includes(metric.name)) && (unit === '' || unit === metric.unit),
    );
    const [only] = fits;
    if (fits.length === 1 && only) found.metrics.set(only.name, value);
    else if (metrics.length === 0) refuse('没有对应的量化指标，完成多少请写成“80%”');
    else if (fits.length > 1) refuse(`有${fits.length}个指标都合适，请写明是${fits.map((metric) => metric.name).join('还是')}`);
    else refuse(`对不上，本事项的指标是${metrics.map((metric) => `${metric.name}（${metric.unit}）`).join('、')}`);
  }
}

/** 完成多少 — with a % sign, or after 完成; a bare number only where there is no metric that it could mean. */
function isPercent({ name, unit, bare }: { name: string; unit: string; bare: boolean }): boolean {
  const named = /^(完成|进度|百分比)/.test(name);
  if (name !== '' && !named) return false;
  return unit === '%' || (unit === '' && (named || bare));
}
