import type { VNode } from 'preact';
import { Picture } from './picture.tsx';
import { type Json, listIn, objectIn, textIn, wordsOf } from './read.ts';
import type { Style } from './style.ts';

const namedSizes: Readonly<Record<string, string>> = { large: '160px', medium: '80px', small: '40px', tiny: '16px' };

/** 图片组件 */
export function ImageElement({ json }: { json: Json }): VNode {
  const size = textIn(json, 'size');
  const [, width = '', height = ''] = /^(\d+px) (\d+px)$/.exec(size) ?? [];
  const named = namedSizes[size];
  const style: Style = {
    ...(named === undefined ? {} : { width: named, height: named }),
    ...(width === '' ? {} : { width, height }),
    ...(textIn(json, 'corner_radius') ? { borderRadius: textIn(json, 'corner_radius') } : {}),
    objectFit: textIn(json, 'scale_type') === 'fit_horizontal' ? 'contain' : 'cover',
  };
  const title = wordsOf(objectIn(json, 'title'));
  return (
    <figure class="img">
      <Picture imageKey={textIn(json, 'img_key')} alt={wordsOf(json['alt'])} style={style} />
      {title !== '' && <figcaption>{title}</figcaption>}
    </figure>
  );
}

const places: Readonly<Record<string, number>> = { double: 2, triple: 3, bisect: 6, trisect: 9 };

/** 多图拼接 — surplus pictures are hidden, as on the platform. */
export function ImageCombinationElement({ json }: { json: Json }): VNode {
  const mode = textIn(json, 'combination_mode');
  return (
    <div class={`img-combination ${mode}`}>
      {listIn(json, 'img_list')
        .slice(0, places[mode] ?? 9)
        .map((image, index) => (
          <Picture key={index} imageKey={textIn(image, 'img_key')} alt={`图 ${index + 1}`} style={{ aspectRatio: '1', width: '100%' }} />
        ))}
    </div>
  );
}
