import type { SheetData } from '#core/feature';
import type { WorkbookLimits } from './limits.ts';

export function readFile(bytes: Uint8Array, fileName: string, limits: WorkbookLimits): Promise<readonly SheetData[]>;
