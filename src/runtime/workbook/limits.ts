/** 表格文件的上限（quality S12）。字节、个数、毫秒。 */
export interface WorkbookLimits {
  readonly fileBytesMax: number;
  readonly unpackedBytesMax: number;
  readonly ratioMax: number;
  readonly partsMax: number;
  readonly rowsMax: number;
  readonly columnsMax: number;
  readonly cellLengthMax: number;
  /** characters in all cells together: a string that is stored once can stand in every cell */
  readonly textLengthMax: number;
  readonly heapMb: number;
  readonly timeoutMs: number;
  /** for checking it and writing the result beside it */
  readonly examineTimeoutMs: number;
}

/** 默认上限 */
export const workbookLimits: WorkbookLimits = {
  fileBytesMax: 10 * 1024 * 1024,
  unpackedBytesMax: 64 * 1024 * 1024,
  ratioMax: 100,
  partsMax: 200,
  rowsMax: 50_000,
  columnsMax: 100,
  cellLengthMax: 32_767,
  textLengthMax: 20_000_000,
  heapMb: 256,
  timeoutMs: 10_000,
  examineTimeoutMs: 30_000,
};
