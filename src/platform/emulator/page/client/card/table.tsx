import type { ComponentChildren, VNode } from 'preact';
import { Avatar } from '../avatar.tsx';
import { dateWords } from '../words.ts';
import { Markdown } from './marks.tsx';
import { PagedTable } from './paged-table.tsx';
import { isJson, type Json, listIn, numberIn, objectIn, textIn } from './read.ts';
import type { Style } from './style.ts';
import { useSurface } from './surface.ts';
import { Undrawn } from './undrawn.tsx';

const columnsMax = 50;

/** 表格组件 */
export function TableElement({ json }: { json: Json }): VNode {
  const columns = listIn(json, 'columns').slice(0, columnsMax);
  const header = objectIn(json, 'header_style') ?? {};
  const headStyle: Style = {
    textAlign: textIn(header, 'text_align') || 'left',
    fontWeight: header['bold'] === false ? 400 : 600,
    ...(textIn(header, 'background_style') === 'grey' ? { background: 'var(--table-head)' } : {}),
    ...(textIn(header, 'text_color') === 'grey' ? { color: 'var(--text-2)' } : {}),
  };
  return (
    <PagedTable
      head={columns.map((column) => textIn(column, 'display_name') || textIn(column, 'name'))}
      rows={listIn(json, 'rows').map((row) =>
        columns.map((column) => <Cell key={textIn(column, 'name')} column={column} value={row[textIn(column, 'name')]} />),
      )}
      pageSize={numberIn(json, 'page_size') ?? 5}
      cellStyles={columns.map(columnStyle)}
      headStyle={headStyle}
      frozen={json['freeze_first_column'] === true}
    />
  );
}

function columnStyle(column: Json): Style {
  const width = textIn(column, 'width');
  return {
    textAlign: textIn(column, 'horizontal_align') || 'left',
    verticalAlign: { top: 'top', bottom: 'bottom' }[textIn(column, 'vertical_align')] ?? 'middle',
    ...(/^\d+(px|%)$/.test(width) ? { width, minWidth: width.endsWith('px') ? width : 'auto' } : {}),
  };
}

function Cell({ column, value }: { column: Json; value: unknown }): VNode {
  return <>{cellContent(column, value)}</>;
}

function cellContent(column: Json, value: unknown): ComponentChildren {
  if (value === undefined || value === null) return '';
  switch (textIn(column, 'data_type')) {
    case 'text':
      return String(value);
    case 'lark_md':
    case 'markdown':
      return (
        <div class="md">
          <Markdown content={String(value)} breaks={textIn(column, 'data_type') === 'lark_md'} />
        </div>
      );
    case 'number':
      return numberWords(value, objectIn(column, 'format') ?? {});
    case 'date':
      return typeof value === 'number' ? dateByPattern(value, textIn(column, 'date_format')) : <Undrawn what={`日期 ${String(value)}`} />;
    case 'options':
      return Array.isArray(value) ? <OptionTags tags={value.filter(isJson)} /> : <span class="text-tag tag-neutral">{String(value)}</span>;
    case 'persons':
      return <Persons ids={(Array.isArray(value) ? value : [value]).map(String)} />;
    default:
      return <Undrawn what={`列类型 ${textIn(column, 'data_type')}`} />;
  }
}

function numberWords(value: unknown, format: Json): ComponentChildren {
  if (typeof value !== 'number') return <Undrawn what={`数值 ${String(value)}`} />;
  const precision = numberIn(format, 'precision');
  const digits = precision === undefined ? {} : { minimumFractionDigits: precision, maximumFractionDigits: precision };
  return `${textIn(format, 'symbol')}${value.toLocaleString('zh-CN', { useGrouping: format['separator'] === true, ...digits })}`;
}

function dateByPattern(ms: number, pattern: string): string {
  const [date = '', time = ''] = dateWords(ms, 'stamp').split(' ');
  const [year = '', month = '', day = ''] = date.split('-');
  const [hour = '', minute = '', second = ''] = time.split(':');
  const parts: Readonly<Record<string, string>> = { YYYY: year, MM: month, DD: day, HH: hour, mm: minute, ss: second };
  return (pattern || 'YYYY-MM-DD').replace(/YYYY|MM|DD|HH|mm|ss/g, (part) => parts[part] ?? part);
}

function OptionTags({ tags }: { tags: readonly Json[] }): VNode {
  return (
    <span class="tags">
      {tags.map((tag, index) => (
        <span key={index} class={`text-tag tag-${textIn(tag, 'color') || 'neutral'}`}>
          {textIn(tag, 'text')}
        </span>
      ))}
    </span>
  );
}

function Persons({ ids }: { ids: readonly string[] }): VNode {
  const { nameOf } = useSurface();
  return (
    <span class="persons">
      {ids.map((id) => {
        const name = nameOf(id) ?? `未知人员 ${id}`;
        return (
          <span key={id} class="person">
            <Avatar name={name} size="tiny" />
            {name}
          </span>
        );
      })}
    </span>
  );
}
