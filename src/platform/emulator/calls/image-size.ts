export interface ImageSize {
  readonly format: 'png' | 'gif' | 'jpg' | 'webp' | 'bmp';
  /** pixels; 0 where the format hides them deep inside */
  readonly width: number;
  readonly height: number;
}

/** 图片尺寸 — recognised by the first bytes. @returns null when they are those of no image format */
export function imageSize(bytes: Uint8Array): ImageSize | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const startsWith = (hex: string): boolean => view.subarray(0, hex.length / 2).toString('hex') === hex;
  if (startsWith('89504e470d0a1a0a') && view.length >= 24) return { format: 'png', width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
  if (startsWith('47494638') && view.length >= 10) return { format: 'gif', width: view.readUInt16LE(6), height: view.readUInt16LE(8) };
  if (startsWith('424d') && view.length >= 26) return { format: 'bmp', width: view.readInt32LE(18), height: Math.abs(view.readInt32LE(22)) };
  if (startsWith('ffd8ff')) return { format: 'jpg', ...jpegSize(view) };
  if (startsWith('52494646') && view.subarray(8, 12).toString() === 'WEBP') return { format: 'webp', width: 0, height: 0 };
  return null;
}

/** 逐段找到 SOF 段，那里写着高和宽。 */
function jpegSize(view: Buffer): { width: number; height: number } {
  for (let at = 2; at + 9 < view.length && view[at] === 0xff; ) {
    const marker = view[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: view.readUInt16BE(at + 5), width: view.readUInt16BE(at + 7) };
    at += 2 + view.readUInt16BE(at + 2);
  }
  return { width: 0, height: 0 };
}
