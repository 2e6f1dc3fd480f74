import { type Json, textIn } from './read.ts';

/** 行内样式 — set by script one property at a time, so no inline style needs to be allowed by the page's policy. */
export type Style = Readonly<Record<string, string | number>>;

const hues = [
  'blue',
  'wathet',
  'turquoise',
  'green',
  'lime',
  'yellow',
  'sunflower',
  'orange',
  'red',
  'carmine',
  'violet',
  'purple',
  'indigo',
  'grey',
];
/** share of the hue, the rest is the ground (light shades) or the strongest text colour (dark shades); percent */
const shadeShares: Readonly<Record<string, number>> = {
  '00': 2,
  '50': 8,
  '100': 16,
  '200': 30,
  '300': 48,
  '350': 58,
  '400': 70,
  '500': 85,
  '600': 100,
};
const deepShares: Readonly<Record<string, number>> = { '650': 92, '700': 82, '800': 64, '900': 46, '950': 30, '1000': 16 };

/** 颜色名 → CSS — shades are mixed with the ground, so that the same name works in the light and in the dark. @returns undefined for `default` and unknown names */
export function fillOf(name: string): string | undefined {
  const [, hue = '', shade = '600'] = /^([a-z]+)(?:-(\d+))?$/.exec(name) ?? [];
  if (name === 'white' || name === 'bg-white') return 'var(--card-ground)';
  if (name.startsWith('rgba(')) return name;
  if (!hues.includes(hue)) return undefined;
  // 不带深浅的 grey 作底色时，客户端画的是浅灰。
  if (name === 'grey') return 'color-mix(in srgb, var(--hue-grey) 12%, var(--card-ground))';
  const light = shadeShares[shade];
  if (light !== undefined) return `color-mix(in srgb, var(--hue-${hue}) ${light}%, var(--card-ground))`;
  return `color-mix(in srgb, var(--hue-${hue}) ${deepShares[shade] ?? 100}%, var(--card-strong))`;
}

/** 文字颜色 — dark enough to be read: the platform's own yellow is not. */
export function inkOf(name: string): string | undefined {
  const [, hue = ''] = /^([a-z]+)(?:-\d+)?$/.exec(name) ?? [];
  if (name.startsWith('rgba(')) return name;
  if (name === 'white') return '#fff';
  return hues.includes(hue) ? `var(--ink-${hue})` : undefined;
}

const spaces: Readonly<Record<string, string>> = { small: '4px', medium: '8px', large: '12px', extra_large: '16px' };

export function spaceOf(value: string, otherwise: string): string {
  if (value === '') return otherwise;
  return spaces[value] ?? value;
}

const aligns: Readonly<Record<string, string>> = { left: 'flex-start', top: 'flex-start', center: 'center', right: 'flex-end', bottom: 'flex-end' };

export interface BoxDefaults {
  readonly vertical: string;
  readonly horizontal: string;
  readonly padding: string;
}

/** 容器的排布 — direction, spacing, alignment and padding, which all containers have in common. */
export function boxStyle(json: Json, { vertical, horizontal, padding }: BoxDefaults): Style {
  const row = textIn(json, 'direction') === 'horizontal';
  const across = aligns[textIn(json, row ? 'vertical_align' : 'horizontal_align')];
  const along = aligns[textIn(json, row ? 'horizontal_align' : 'vertical_align')];
  return {
    display: 'flex',
    flexDirection: row ? 'row' : 'column',
    flexWrap: row ? 'wrap' : 'nowrap',
    rowGap: spaceOf(textIn(json, 'vertical_spacing'), vertical),
    columnGap: spaceOf(textIn(json, 'horizontal_spacing'), horizontal),
    padding: padded(textIn(json, 'padding') || padding),
    // 竖排时子元素默认撑满，和客户端一样；写明对齐才收窄。
    alignItems: across === undefined || across === 'flex-start' ? (row ? 'flex-start' : 'stretch') : across,
    justifyContent: along ?? 'flex-start',
  };
}

/** `4px 0 8px` — the platform lets 0 go without its unit, and so does CSS; margins may be negative, paddings are cut at 0. */
function padded(value: string): string {
  return value.replace(/-\d+px/g, '0');
}

export function marginStyle(json: Json): Style {
  const margin = textIn(json, 'margin');
  return margin === '' ? {} : { margin };
}

const backgrounds = ['default', '', 'laser'];

export function backgroundStyle(name: string): Style {
  if (name === 'laser') return { background: 'linear-gradient(120deg, var(--hue-indigo), var(--hue-violet))', color: '#fff' };
  const fill = backgrounds.includes(name) ? undefined : fillOf(name);
  return fill === undefined ? {} : { background: fill };
}

const sizes: Readonly<Record<string, readonly [desktop: number, phone: number]>> = {
  'heading-0': [30, 26],
  'heading-1': [24, 24],
  'heading-2': [20, 20],
  'heading-3': [18, 17],
  'heading-4': [16, 16],
  heading: [16, 16],
  normal: [14, 14],
  notation: [12, 12],
  'xxxx-large': [30, 26],
  'xxx-large': [24, 24],
  'xx-large': [20, 20],
  'x-large': [18, 18],
  large: [16, 17],
  medium: [14, 14],
  small: [12, 12],
  'x-small': [10, 10],
};

/** 字号 @param custom names from `config.style.text_size` */
export function sizeStyle(name: string, { device, custom }: { device: 'desktop' | 'phone'; custom: Json }): Style {
  const own = custom[name] as { default?: string; pc?: string; mobile?: string } | undefined;
  const resolved = own ? ((device === 'phone' ? own.mobile : own.pc) ?? own.default ?? 'normal') : name;
  const [desktop, phone] = sizes[resolved] ?? [14, 14];
  const heading = resolved.startsWith('heading') ? { fontWeight: 600 } : {};
  return { fontSize: `${device === 'phone' ? phone : desktop}px`, ...heading };
}

/** 宽度 — `default`, `fill`, `auto` or pixels. */
export function widthStyle(width: string): Style {
  if (width === 'fill') return { width: '100%' };
  return /^\d+(px|%)$/.test(width) ? { width, maxWidth: '100%' } : {};
}
