/** 条上的数 — with both decimals, as in the table beside it. */
export const scoreLabel = { visible: true, position: 'inside-right', formatter: '{shown}', style: { fill: '#ffffff' } };

/** 得分图 — one spec for the card and for the big screen. @param rows with numeric totals, the best first */
export function scoreChart(rows: readonly { readonly unitName: string; readonly total: string }[]) {
  return {
    type: 'bar',
    direction: 'horizontal',
    data: [{ id: 'scores', values: rows.map(({ unitName, total }) => ({ unit: unitName, score: Number(total), shown: total })) }],
    xField: 'score',
    yField: 'unit',
    label: scoreLabel,
    axes: [{ orient: 'bottom', min: 0, max: 100 }],
  };
}
