import { readFileSync } from 'node:fs';
import { openWorkbook } from '#runtime/workbook/open-workbook';

// 打开一张表就停在那里：父进程把它杀掉，看读表的进程还在不在。
const [path = ''] = process.argv.slice(2);
await openWorkbook(readFileSync(path), '任务.xlsx');
process.stdout.write('opened\n');
