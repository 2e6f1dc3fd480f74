// GB/T 9704-2012 的尺寸。缇（twip）是一磅的二十分之一，字号按半磅计。
const twipsPerMm = 1440 / 25.4;

/** 毫米 → 缇 */
export const mm = (millimetres: number): number => Math.round(millimetres * twipsPerMm);

/** 版面 — type area 156 × 225 mm: 22 lines of 28 characters; a page that lies across has the same area, turned. */
export const page = {
  portrait: { width: mm(210), height: mm(297), top: mm(37), left: mm(28), right: mm(26), bottom: mm(35) },
  landscape: { width: mm(210), height: mm(297), top: mm(28), left: mm(37), right: mm(35), bottom: mm(26) },
} as const;

/** 一行的高，28.95 磅：22 行正好 225 毫米 */
export const lineTwips = 579;
/** 三号字一个字的宽 */
export const characterTwips = 320;

/** 字号，半磅 */
export const sizes = { title: 44, body: 32, pageNumber: 28, header: 24, table: 21 } as const;

/** 字体只写名字，不附带：机关的电脑上都有。 */
export const fonts = {
  title: '方正小标宋简体',
  body: '仿宋_GB2312',
  level1: '黑体',
  level2: '楷体_GB2312',
  number: '宋体',
  latin: 'Times New Roman',
} as const;
