import type { LeafKind } from './leaves.ts';
import properties from './properties.json' with { type: 'json' };

export type BranchKind =
  | 'text'
  | 'plain_text'
  | 'icon'
  | 'confirm'
  | 'behaviors'
  | 'url4'
  | 'jump_action'
  | 'i18n'
  | 'obj'
  | 'array'
  | 'map'
  | 'map_of_lists'
  | 'elements'
  | 'columns'
  | 'rows'
  | 'ref';

/** 一个属性的规定 — one line of `properties.json`: its kind (`t`) and what the kind needs. */
export interface Spec {
  readonly t: LeafKind | BranchKind;
  /** constant, list of values, name of a table or pattern of a date */
  readonly v?: unknown;
  readonly req?: boolean;
  readonly min?: number;
  readonly max?: number | null;
  /** accepted beside the grammar */
  readonly words?: readonly string[];
  readonly of?: SpecTable | Spec;
  readonly extra?: readonly string[];
  readonly uniqueBy?: string;
  readonly onlyIn?: 'form';
  readonly trueOnlyIn?: 'form';
  /** taken by the platform, yet a leftover of 1.0 */
  readonly legacy?: boolean;
}
export type SpecTable = Readonly<Record<string, Spec>>;

export interface ComponentTable {
  readonly props: SpecTable;
  readonly interactive?: boolean;
  readonly parent?: readonly string[];
  readonly onlyIn?: 'form';
}

interface Tables {
  readonly root: SpecTable;
  readonly config: SpecTable;
  readonly header: SpecTable;
  readonly body: SpecTable;
  readonly common: SpecTable;
  readonly components: Readonly<Record<string, ComponentTable>>;
  readonly shared: {
    readonly plain_text: SpecTable;
    readonly text: SpecTable;
    readonly icon: SpecTable;
    readonly url4: SpecTable;
    readonly confirm: SpecTable;
    readonly jump_action: SpecTable;
    readonly behaviors: readonly { readonly type: string; readonly props: SpecTable }[];
    readonly removedTags: readonly string[];
    readonly limits: {
      readonly bytes: number;
      readonly taggedObjects: number;
      readonly tables: number;
      readonly charts: number;
      readonly containerDepth: number;
    };
  };
}

/** 属性表 — card JSON 2.0 as the platform documents it (contract 3.2–3.5, 3.9). */
export const tables = properties as unknown as Tables;

const components: ReadonlyMap<string, ComponentTable> = new Map(
  Object.entries(tables.components).map(([tag, table]) => [
    tag,
    { ...table, props: { tag: { t: 'string' }, ...tables.common, ...table.props } satisfies SpecTable },
  ]),
);

/** 组件表 — what a component may carry; undefined for a tag that does not exist. */
export function componentTable(tag: string): ComponentTable | undefined {
  return components.get(tag);
}

/** 容器 — counted for the depth of nesting; a column belongs to its column_set. */
export const containers: readonly string[] = ['column_set', 'form', 'interactive_container', 'collapsible_panel'];

/** 语言代码 — the keys of every `i18n_content`. */
export const languages: readonly string[] = [
  ...['zh_cn', 'en_us', 'zh_hk', 'zh_tw', 'ja_jp', 'id_id', 'vi_vn', 'th_th', 'pt_br'],
  ...['es_es', 'ko_kr', 'de_de', 'fr_fr', 'it_it', 'ru_ru', 'ms_my'],
];

/**
 * 旧文档的残留 — keys and gaps that official samples still have although no table names them (contract 3.9): taken with a warning.
 * Written as `owner.property`; `*` is any component.
 */
export const leftovers: readonly string[] = ['*.fallback', 'img_list.transparent'];
export const leftoverGaps: readonly string[] = ['confirm.title', 'confirm.text', 'hover_tips.tag', 'disabled_tips.tag', 'img.alt'];
