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
/** 三号字之间收紧四分之一磅：一行28字正好在156毫米里 */
export const bodySpacingTwips = -5;

/** 红头：标志的上边缘在版心上边缘之下35毫米，红线在发文字号之下4毫米（字号的行里已有一毫米半）；标志不超过版心，也不超过48磅 */
export const letterhead = { topMm: 35, ruleSpacePt: 7, sizeMax: 96, widthMm: 150, red: 'FF0000' } as const;
/** 版记的线，八分之一磅：首末两条0.35毫米，中间0.25毫米 */
export const imprintRules = { outer: 8, inner: 6 } as const;
/** 印章直径42毫米：署名之上留二行；二维码一边24毫米，1/96英寸计 */
export const sealLines = 2;
export const codePixels = Math.round((24 / 25.4) * 96);

/** 字号，半磅 */
export const sizes = { title: 44, body: 32, imprint: 28, pageNumber: 28, header: 24, table: 21 } as const;

/** 字体只写名字，不附带：机关的电脑上都有。 */
export const fonts = {
  title: '方正小标宋简体',
  body: '仿宋_GB2312',
  level1: '黑体',
  level2: '楷体_GB2312',
  number: '宋体',
  latin: 'Times New Roman',
} as const;
