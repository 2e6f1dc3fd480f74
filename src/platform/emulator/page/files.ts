import type { EmulatorStore } from '../store.ts';
import type { Answer } from './guard.ts';

const pictureTypes: readonly (readonly [type: string, start: readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', [0x52, 0x49, 0x46, 0x46]],
];

/** 下载文件 — pictures are shown, everything else is saved: nothing that people sent is ever opened as a page of ours. */
export function fileAnswer(store: EmulatorStore, fileKey: string): Answer | null {
  const file = store.file(fileKey);
  const bytes = store.fileBytes(fileKey);
  if (!file || !bytes) return null;
  const picture = pictureTypes.find(([, start]) => start.every((byte, index) => bytes[index] === byte));
  const fileName = encodeURIComponent(file.name).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return {
    type: picture?.[0] ?? 'application/octet-stream',
    body: bytes,
    headers: {
      'content-disposition': `${picture ? 'inline' : 'attachment'}; filename*=UTF-8''${fileName}`,
      'content-security-policy': "default-src 'none'; sandbox",
    },
  };
}
