import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Style } from './style.ts';

export interface PagedTableProps {
  readonly head: readonly ComponentChildren[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  readonly pageSize: number;
  readonly cellStyles?: readonly Style[];
  readonly headStyle?: Style;
  readonly frozen?: boolean;
}

/** 分页的表 — as on the platform, a page of rows at a time. */
export function PagedTable({ head, rows, pageSize, cellStyles = [], headStyle = {}, frozen = false }: PagedTableProps): VNode {
  const [wanted, setPage] = useState(0);
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const page = Math.min(wanted, pages - 1);
  const shown = rows.slice(page * pageSize, (page + 1) * pageSize);
  return (
    <div class="table-block">
      {/* 键盘也要能横向滚动 */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section class={`table-scroll ${frozen ? 'frozen' : ''}`} tabIndex={0} aria-label="表格">
        <table>
          <thead>
            <tr>
              {head.map((cell, index) => (
                <th key={index} scope="col" style={{ ...cellStyles[index], ...headStyle }}>
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, rowIndex) => (
              <tr key={rowIndex}>
                {row.map((cell, index) => (
                  <td key={index} style={cellStyles[index] ?? {}}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <div class="pager">
          <span>共 {rows.length} 行</span>
          <button type="button" class="ghost" aria-label="上一页" disabled={page === 0} onClick={() => setPage(page - 1)}>
            ‹
          </button>
          <span>
            {page + 1} / {pages}
          </span>
          <button type="button" class="ghost" aria-label="下一页" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>
            ›
          </button>
        </div>
      )}
    </div>
  );
}
