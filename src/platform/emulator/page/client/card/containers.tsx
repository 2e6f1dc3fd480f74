import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { callbackValue } from '../../../components.ts';
import { webLink } from './button.tsx';
import { Elements } from './elements.tsx';
import type { ElementProps } from './field.tsx';
import { isJson, type Json, listIn, numberIn, objectIn, textIn, wordsOf } from './read.ts';
import { backgroundStyle, boxStyle, fillOf, marginStyle, type Style, spaceOf, widthStyle } from './style.ts';
import { useSurface } from './surface.ts';
import { Icon, Words } from './text.tsx';

const narrowColumns: Readonly<Record<string, string>> = { stretch: '100%', bisect: 'calc(50% - 8px)', trisect: 'calc(33.3% - 8px)' };

/** 分栏 — in a row on the desktop; on a phone as `flex_mode` says. */
export function ColumnSetElement({ json, path }: ElementProps): VNode {
  const { device } = useSurface();
  const mode = textIn(json, 'flex_mode') || 'none';
  const narrow = device === 'phone' ? narrowColumns[mode] : undefined;
  const gap = spaceOf(textIn(json, 'horizontal_spacing'), '8px');
  const link = webLink(objectIn(json, 'action') ?? {});
  return (
    <div
      class={`column-set flex-${mode}`}
      style={{
        columnGap: gap,
        rowGap: gap,
        flexWrap: mode === 'flow' || narrow !== undefined ? 'wrap' : 'nowrap',
        justifyContent: { center: 'center', right: 'flex-end' }[textIn(json, 'horizontal_align')] ?? 'flex-start',
        ...backgroundStyle(textIn(json, 'background_style')),
      }}
    >
      {listIn(json, 'columns').map((column, index) => (
        <Column key={index} json={column} path={`${path}.columns.${index}`} basis={narrow} />
      ))}
      {link !== undefined && <CoverLink url={link} />}
    </div>
  );
}

function Column({ json, path, basis }: ElementProps & { basis: string | undefined }): VNode {
  const width = textIn(json, 'width') || 'auto';
  const weight = numberIn(json, 'weight') ?? 1;
  const flex: Style =
    basis !== undefined
      ? { flex: `0 0 ${basis}` }
      : width === 'weighted'
        ? { flex: `${weight} ${weight} 0` }
        : width === 'auto'
          ? { flex: '0 1 auto' }
          : { flex: `0 1 ${width}` };
  const link = webLink(objectIn(json, 'action') ?? {});
  // 列与列之间怎样对齐，由列自己的 vertical_align 决定。
  const place = { center: 'center', bottom: 'flex-end' }[textIn(json, 'vertical_align')] ?? 'stretch';
  return (
    <div
      class="column"
      style={{
        ...boxStyle(json, { vertical: '8px', horizontal: '8px', padding: '0' }),
        ...flex,
        alignSelf: place,
        ...backgroundStyle(textIn(json, 'background_style')),
        ...marginStyle(json),
      }}
    >
      <Elements list={json['elements']} path={`${path}.elements`} />
      {link !== undefined && <CoverLink url={link} />}
    </div>
  );
}

function CoverLink({ url }: { url: string }): VNode {
  return (
    <a class="cover" href={url} target="_blank" rel="noopener noreferrer">
      <span class="sr-only">打开 {url}</span>
    </a>
  );
}

/** 交互容器 — the whole block is a button; what can be pressed inside it wins. */
export function InteractiveContainerElement({ json, path }: ElementProps): VNode {
  const { press, waiting } = useSurface();
  const url = webLink(json);
  const active = callbackValue(json) !== null || url !== undefined;
  const border = fillOf(textIn(json, 'border_color')) ?? 'var(--line)';
  const radius = textIn(json, 'corner_radius');
  const height = textIn(json, 'height');
  const tips = wordsOf(json[json['disabled'] === true ? 'disabled_tips' : 'hover_tips']);
  return (
    <div
      class={`interactive-container ${active ? 'active' : ''}`}
      title={tips || undefined}
      style={{
        ...boxStyle(json, { vertical: '12px', horizontal: '8px', padding: '4px 12px' }),
        ...widthStyle(textIn(json, 'width') || 'fill'),
        ...(/^\d+px$/.test(height) ? { height } : {}),
        ...backgroundStyle(textIn(json, 'background_style')),
        ...(json['has_border'] === true ? { border: `1px solid ${border}` } : {}),
        ...(radius === '' ? {} : { borderRadius: radius }),
      }}
    >
      {active && (
        <button
          type="button"
          class="cover"
          aria-label={tips || '点击此处'}
          aria-disabled={json['disabled'] === true ? 'true' : undefined}
          aria-busy={waiting.has(path) ? 'true' : undefined}
          onClick={() => void press({ path, url })}
        />
      )}
      <Elements list={json['elements']} path={`${path}.elements`} />
    </div>
  );
}

/** 折叠面板 */
export function CollapsiblePanelElement({ json, path }: ElementProps): VNode {
  const [open, setOpen] = useState(json['expanded'] === true);
  const header = objectIn(json, 'header') ?? {};
  const border = objectIn(json, 'border');
  const icon = objectIn(header, 'icon');
  const iconPlace = textIn(header, 'icon_position') || 'right';
  const angle = numberIn(header, 'icon_expanded_angle') ?? 180;
  return (
    <div
      class="panel"
      style={{
        ...backgroundStyle(textIn(json, 'background_color')),
        ...(border ? { border: `1px solid ${borderColor(border)}`, borderRadius: textIn(border, 'corner_radius') || '5px' } : {}),
      }}
    >
      <button
        type="button"
        class={`panel-header icon-${iconPlace} ${textIn(header, 'width') === 'auto' ? 'narrow' : ''}`}
        aria-expanded={open}
        style={{ padding: textIn(header, 'padding') || '4px 8px', ...backgroundStyle(textIn(header, 'background_color')) }}
        onClick={() => setOpen(!open)}
      >
        <Words text={header['title']} />
        <span class="panel-icon" style={{ transform: open ? `rotate(${angle}deg)` : 'none' }}>
          {icon ? <Icon icon={icon} /> : <Icon icon={{ token: 'down-small-ccm_outlined' }} />}
        </span>
      </button>
      {/* 收起时留在文档里，填了一半的内容不丢。 */}
      <div class="panel-body" hidden={!open} style={open ? boxStyle(json, { vertical: '12px', horizontal: '8px', padding: '0' }) : {}}>
        <Elements list={json['elements']} path={`${path}.elements`} />
      </div>
    </div>
  );
}

function borderColor(border: Json): string {
  const color = textIn(border, 'color') || 'grey';
  return color === 'grey' ? 'var(--line)' : (fillOf(color) ?? 'var(--line)');
}

/** 文本块和它的字段 */
export function DivElement({ json }: ElementProps): VNode {
  const icon = objectIn(json, 'icon');
  const fields = listIn(json, 'fields');
  const style = textIn(json, 'width') === 'auto' ? { alignSelf: 'flex-start' } : widthStyle(textIn(json, 'width') || 'fill');
  return (
    <div class="div" style={style}>
      {icon && <Icon icon={icon} />}
      <div class="div-text">
        {isJson(json['text']) && <Words text={json['text']} />}
        {fields.length > 0 && (
          <div class="fields">
            {fields.map((field, index) => (
              <div key={index} class={field['is_short'] === true ? 'short' : 'long'}>
                <Words text={field['text']} />
              </div>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

/** Markdown 组件 */
export function MarkdownElement({ json }: ElementProps): VNode {
  const icon = objectIn(json, 'icon');
  return (
    <div class="div">
      {icon && <Icon icon={icon} />}
      <div class="div-text">
        <Words text={{ text_size: 'normal', text_align: 'left', ...json, tag: 'markdown' }} />
      </div>
    </div>
  );
}
