import type { Feature } from '#core/feature';
import { breakDown } from './break-down/index.ts';
import { burden } from './burden/index.ts';
import { calendar } from './calendar/index.ts';
import { completion } from './completion/index.ts';
import { corrections } from './corrections/index.ts';
import { digests } from './digests/index.ts';
import { extensions } from './extensions/index.ts';
import { groups } from './groups/index.ts';
import { halts } from './halts/index.ts';
import { ledger } from './ledger/index.ts';
import { orders } from './orders/index.ts';
import { progress } from './progress/index.ts';
import { projects } from './projects/index.ts';
import { reminders } from './reminders/index.ts';
import { review } from './review/index.ts';
import { roster } from './roster/index.ts';
import { system } from './system/index.ts';
import { taskBooks } from './task-books/index.ts';
import { themes } from './themes/index.ts';

/** 全部功能 — read this first: one line each. A new feature adds its line here and nothing elsewhere. */
export const features: readonly Feature[] = [
  taskBooks,
  breakDown,
  completion,
  extensions,
  halts,
  corrections,
  progress,
  reminders,
  orders,
  projects,
  groups,
  review,
  themes,
  calendar,
  ledger,
  digests,
  burden,
  roster,
  system,
];
