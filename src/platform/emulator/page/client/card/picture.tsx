import type { VNode } from 'preact';
import { useState } from 'preact/hooks';

/** 图片 — shown when the emulator holds it, else a frame with its key. */
export function Picture({ imageKey, alt, style = {} }: { imageKey: string; alt: string; style?: Record<string, string | number> }): VNode {
  const [missing, setMissing] = useState(false);
  if (missing || !/^[\w-]+$/.test(imageKey)) {
    return (
      <span class="picture-missing" role="img" aria-label={`图片：${alt || imageKey}`} style={style}>
        <span>图片</span>
        <span class="picture-key">{alt || imageKey}</span>
      </span>
    );
  }
  return <img class="picture" src={`/api/files/${imageKey}`} alt={alt} style={style} loading="lazy" onError={() => setMissing(true)} />;
}
