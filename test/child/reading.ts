import { readFileSync } from 'node:fs';
import { openWorkbook, prepareReading } from '#runtime/workbook/open-workbook';

// 打开一张表就停在那里：父进程把它杀掉，看读表的进程还在不在。`prepared`：先备好一个，听到一行再打开，再听到一行就关上。
const [path = '', prepared] = process.argv.slice(2);
const heard = async (): Promise<void> => {
  await new Promise((resolve) => process.stdin.once('data', resolve));
};
if (prepared) {
  await prepareReading([]);
  process.stdout.write('prepared\n');
  await heard();
}
const opened = await openWorkbook(readFileSync(path), '任务.xlsx');
process.stdout.write('opened\n');
if (prepared) {
  await heard();
  opened.close();
}
