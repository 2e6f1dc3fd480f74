import { doubt, type Inspection, isJson, type Json, reject, warn } from './inspection.ts';
import { isLeafKind, judgeLeaf, printed } from './leaves.ts';
import { type BranchKind, componentTable, containers, languages, leftoverGaps, leftovers, type Spec, type SpecTable, tables } from './tables.ts';

/** 位置 — where in the card the walk stands. */
interface Place {
  readonly inspection: Inspection;
  readonly path: string;
  /** the property or tag that owns the object */
  readonly owner: string;
  /** tag of the nearest container, `body` at the top */
  readonly parent: string;
  readonly form: string | null;
  readonly depth: number;
}

/** 走遍卡片 — judges every property by its table and collects the components on the way. */
export function walkCard(json: Json, inspection: Inspection): void {
  const place: Place = { inspection, path: 'ROOT', owner: 'root', parent: 'body', form: null, depth: 0 };
  walkObject(json, tables.root, place);
}

/** 严格的对象：表里没有的键，平台一律拒绝。 */
function walkObject(json: Json, table: SpecTable, place: Place): void {
  for (const key of Object.keys(json)) {
    if (Object.hasOwn(table, key)) continue;
    const detail = `unknown property, property: ${key}, path: ${place.path}`;
    const known = leftovers.includes(`${place.owner}.${key}`) || (componentTable(place.owner) !== undefined && leftovers.includes(`*.${key}`));
    (known ? doubt : reject)(place.inspection, { path: place.path, detail });
  }
  for (const [property, spec] of Object.entries(table)) {
    if (Object.hasOwn(json, property)) walkProperty(json[property], spec, { property, place });
    else if (spec.req) reportMissing(property, place);
  }
}

function reportMissing(property: string, { inspection, path, owner }: Place): void {
  const note = { path, detail: `required property is missing, property: ${property}, path: ${path}` };
  if (leftoverGaps.includes(`${owner}.${property}`)) doubt(inspection, note);
  else reject(inspection, note);
}

interface Spot {
  readonly property: string;
  readonly place: Place;
}

function walkProperty(value: unknown, spec: Spec, spot: Spot): void {
  const { property, place } = spot;
  const { inspection, path } = place;
  if (spec.legacy) {
    doubt(inspection, { path, detail: `property of an old version: ${property}` });
    return;
  }
  if (spec.onlyIn === 'form' && place.form === null) reject(inspection, { path, detail: 'formActionType only in form' });
  if (spec.trueOnlyIn === 'form' && value === true && place.form === null) reject(inspection, { path, detail: `${property} only in form` });
  const kind = spec.t;
  if (!isLeafKind(kind)) {
    branches[kind](value, spec, spot);
    return;
  }
  const flaw = judgeLeaf(kind, { property, value, spec, customColors: inspection.customColors });
  if (flaw) (flaw.onlyWarn ? doubt : reject)(inspection, { path, detail: flaw.detail, code: flaw.code });
}

type Branch = (value: unknown, spec: Spec, spot: Spot) => void;

function mismatch(type: string, value: unknown, { property, place }: Spot): void {
  reject(place.inspection, { path: place.path, detail: `expected ${type} for ${property}, but: ${printed(value)}` });
}

/** 下一层 */
function below({ property, place }: Spot, step = property): Place {
  return { ...place, path: `${place.path} -> ${step}`, owner: property };
}

const strictObject =
  (tableOf: (spec: Spec) => SpecTable): Branch =>
  (value, spec, spot) => {
    if (!isJson(value)) {
      mismatch('map', value, spot);
      return;
    }
    walkObject(value, tableOf(spec), below(spot));
  };

const elementsOf =
  (only?: string): Branch =>
  (value, _spec, { property, place }) => {
    if (!Array.isArray(value)) {
      mismatch('array', value, { property, place });
      return;
    }
    value.forEach((child: unknown, index) => {
      walkComponent(child, { place: { ...place, path: `${place.path} -> ${property}` }, index, only });
    });
  };

const branches: Readonly<Record<BranchKind, Branch>> = {
  text: strictObject(() => tables.shared.text),
  plain_text: strictObject(() => tables.shared.plain_text),
  confirm: strictObject(() => tables.shared.confirm),
  url4: strictObject(() => tables.shared.url4),
  jump_action: strictObject(() => tables.shared.jump_action),
  icon: strictObject(({ extra = [] }) => ({
    ...tables.shared.icon,
    ...Object.fromEntries(extra.map((key): [string, Spec] => [key, { t: 'string' }])),
  })),
  i18n: strictObject(() => Object.fromEntries(languages.map((language): [string, Spec] => [language, { t: 'string' }]))),
  obj: strictObject((spec) => spec.of as SpecTable),
  map: (value, spec, spot) => {
    if (!isJson(value)) {
      mismatch('map', value, spot);
      return;
    }
    for (const [name, inner] of Object.entries(value)) branches.obj(inner, spec, { property: name, place: below(spot) });
  },
  map_of_lists: (value, _spec, spot) => {
    if (!isJson(value)) {
      mismatch('map', value, spot);
      return;
    }
    const list = tables.header['text_tag_list'];
    for (const [language, inner] of Object.entries(value)) if (list) walkProperty(inner, list, { property: language, place: below(spot) });
  },
  array: walkArray,
  rows: (value, _spec, spot) => {
    if (!Array.isArray(value) || !value.every(isJson)) mismatch('array of map', value, spot);
  },
  behaviors: (value, _spec, spot) => {
    if (!Array.isArray(value)) {
      mismatch('array', value, spot);
      return;
    }
    value.forEach((behavior: unknown, index) => {
      walkBehavior(behavior, { property: spot.property, place: below(spot, `${spot.property} -> [${index}]`) });
    });
  },
  elements: elementsOf(),
  columns: elementsOf('column'),
  ref: (value, spec, spot) => {
    if (!isJson(value)) {
      mismatch('map', value, spot);
      return;
    }
    walkObject(value, tables[spec.v as 'config' | 'header' | 'body'], below(spot));
  },
};

function walkArray(value: unknown, spec: Spec, spot: Spot): void {
  const { property, place } = spot;
  if (!Array.isArray(value)) {
    mismatch('array', value, spot);
    return;
  }
  const note = { path: place.path, detail: '' };
  if (spec.max != null && value.length > spec.max) warn(place.inspection, { ...note, detail: `only ${spec.max} of ${property} are shown` });
  for (const [index, item] of value.entries()) walkItem(item, spec.of, { property, place: below(spot, `${property} -> [${index}]`) });
  const { uniqueBy } = spec;
  if (uniqueBy === undefined) return;
  const keys = value.filter(isJson).map((item) => item[uniqueBy]);
  if (new Set(keys).size < keys.length) warn(place.inspection, { ...note, detail: `duplicate ${uniqueBy} in ${property}` });
}

function walkItem(item: unknown, of: Spec['of'], spot: Spot): void {
  if (isSpec(of)) walkProperty(item, of, spot);
  else if (isJson(item)) walkObject(item, of ?? {}, spot.place);
  else mismatch('map', item, spot);
}

function isSpec(of: Spec['of']): of is Spec {
  return of !== undefined && typeof of.t === 'string';
}

function walkBehavior(value: unknown, spot: Spot): void {
  if (!isJson(value)) {
    mismatch('map', value, spot);
    return;
  }
  const variant = tables.shared.behaviors.find(({ type }) => type === value['type']);
  if (!variant) {
    reject(spot.place.inspection, { path: spot.place.path, detail: `unknown behavior type: ${printed(value['type'])}` });
    return;
  }
  walkObject(value, { type: { t: 'string' }, ...variant.props }, spot.place);
}

function walkComponent(value: unknown, { place, index, only }: { place: Place; index: number; only: string | undefined }): void {
  const { inspection, parent, form } = place;
  if (!isJson(value) || typeof value['tag'] !== 'string') {
    reject(inspection, { path: `${place.path} -> [${index}]`, detail: `expected element with tag, but: ${printed(value)}` });
    return;
  }
  const { tag } = value as { tag: string };
  const path = `${place.path} -> [${index}](tag: ${tag})`;
  if (tables.shared.removedTags.includes(tag)) {
    reject(inspection, { path, code: 200861, detail: `unsupported tag ${tag}` });
    return;
  }
  const table = componentTable(tag);
  if (!table) {
    reject(inspection, { path, detail: `type of element is not supported tag: ${tag}` });
    return;
  }
  const fits = (only === undefined || tag === only) && (table.parent ?? [parent]).includes(parent);
  if (!fits) reject(inspection, { path, detail: `${tag} is not allowed in ${parent}` });
  if (table.onlyIn === 'form' && form === null) reject(inspection, { path, detail: `${tag} only in form` });
  const depth = place.depth + (containers.includes(tag) ? 1 : 0);
  inspection.components.push({ tag, json: value, path, form, depth });
  const holds = containers.includes(tag) || tag === 'column';
  walkObject(value, table.props, {
    inspection,
    path,
    owner: tag,
    parent: holds ? tag : parent,
    form: tag === 'form' ? path : form,
    depth,
  });
}
