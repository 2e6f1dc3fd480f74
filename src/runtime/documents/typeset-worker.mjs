// 排版线程的入口：装上 TypeScript 的装载器，再去排。
import { register } from 'tsx/esm/api';

register();
await import('./typeset.ts');
