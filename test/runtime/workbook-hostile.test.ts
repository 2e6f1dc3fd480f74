import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeOds, writeXlsx } from 'hucre';
import { describe, expect, test } from 'vitest';
import { AppError } from '#core/errors';
import type { SheetData } from '#core/feature';
import { workbookLimits } from '#runtime/workbook/limits';
import { readWorkbook } from '#runtime/workbook/read-workbook';
import { entriesWith, ooxml, sheetXml, text, twoDirectories, zip } from './odd-workbooks.ts';

/** 主线程被读表堵住多久算失败；读表若回到主线程上，这里会是好几秒。不是测速：测速在 npm run bench。 */
const blockedAtMostMs = 1_000;
/** 判的是内容，不是机器快慢：测试里给足时间。 */
const limits = { ...workbookLimits, timeoutMs: 60_000 };

type Outcome = { readonly sheets: readonly SheetData[] } | { readonly refused: string };

/** 试读 — reads as the intake does, and holds every file to the two promises: an answer in time, a free event loop. */
async function attempt(bytes: Uint8Array, fileName = '任务.xlsx'): Promise<Outcome> {
  let [last, waited, longest] = [performance.now(), waitedForCpuMs(), 0];
  const tick = (): void => {
    const [now, waitedNow] = [performance.now(), waitedForCpuMs()];
    longest = Math.max(longest, now - last - (waitedNow - waited));
    [last, waited] = [now, waitedNow];
  };
  const timer = setInterval(tick, 5);
  const outcome = await readWorkbook(bytes, fileName, limits).then(
    (sheets): Outcome => ({ sheets }),
    (error: unknown): Outcome => {
      // 只有业务拒绝才算“说清了原因”；别的错误照原样抛出，让测试变红。
      if (!(error instanceof AppError)) throw error;
      return { refused: error.publicMessage };
    },
  );
  // 最后一段也算：结果拆开时若堵住了主线程，定时器来不及记。
  tick();
  clearInterval(timer);
  expect(longest).toBeLessThan(blockedAtMostMs);
  return outcome;
}

/**
 * 等处理器的毫秒 — how long this thread stood in the kernel's queue. On a busy machine that is no fault of the reader, so it does
 * not count as blocking. Only Linux tells; elsewhere 0, and every gap counts.
 */
function waitedForCpuMs(): number {
  const file = `/proc/self/task/${process.pid}/schedstat`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[1]) / 1e6 : 0;
}

/** 被拒 — in Chinese, without words of the library that read it. */
function expectRefused(outcome: Outcome): void {
  expect(outcome).toHaveProperty('refused');
  const reason = 'refused' in outcome ? outcome.refused : '';
  expect(reason).toMatch(/[\u4e00-\u9fff]{4,}/);
  expect(reason).not.toMatch(/error|invalid|zip entry|undefined|null|heap|worker/i);
}

/** 在别的进程里写一份大表 — its garbage must not be collected on the thread whose pauses are measured. */
function writtenApart(workbook: string): Buffer {
  const script = `import { writeXlsx } from 'hucre'; process.stdout.write(await ${workbook});`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { maxBuffer: 32 * 1024 * 1024 });
}

function cellsOf(outcome: Outcome): readonly (readonly unknown[])[] {
  if ('refused' in outcome) throw new Error(`refused: ${outcome.refused}`);
  return outcome.sheets[0]?.rows ?? [];
}

const oneRow = `<row r="1">${text('A1', '序号')}${text('B1', '任务名称')}</row>`;
const honest = { data: sheetXml(oneRow) };

describe('敌意文件：说清原因地拒绝，不拖垮服务', () => {
  test('对照：同样造法的老实文件读得出来', async () => {
    expect(cellsOf(await attempt(zip(entriesWith(honest))))).toEqual([['序号', '任务名称']]);
  });

  test('压缩炸弹（展开 150 MB）被拒', async () => {
    expectRefused(await attempt(zip(entriesWith({ data: Buffer.alloc(150 * 1024 * 1024, 0x20) }))));
  }, 60_000);

  test('炸弹藏在与表无关的部件里也被拒', async () => {
    expectRefused(await attempt(zip(entriesWith(honest, [{ name: 'xl/media/image1.bin', data: Buffer.alloc(150 * 1024 * 1024) }]))));
  }, 60_000);

  test('共享字符串炸弹（几十 KB 的文件，两万格引用同一条长文字）被拒', async () => {
    const long = '督'.repeat(30_000);
    const cells = Array.from(
      { length: 2_000 },
      (_, row) => `<row r="${row + 1}">${'ABCDEFGHIJ'.replace(/./g, (column) => `<c r="${column}${row + 1}" t="s"><v>0</v></c>`)}</row>`,
    );
    const strings = `<sst xmlns="${ooxml}/spreadsheetml/2006/main"><si><t>${long}</t></si></sst>`;
    const bomb = zip(entriesWith({ data: sheetXml(cells.join('')) }, [{ name: 'xl/sharedStrings.xml', data: strings }]));
    expect(bomb.length).toBeLessThan(100_000);
    expectRefused(await attempt(bomb));
  });

  test.each([
    ['谎报为 10 字节', 10],
    ['谎报为 0 字节', 0],
    ['谎报为 4 GB', 0xffff_fffe],
  ])('部件大小%s：以实际字节为准', async (_, claimedSize) => {
    const outcome = await attempt(zip(entriesWith({ ...honest, claimedSize })));
    if ('refused' in outcome) expectRefused(outcome);
    else expect(cellsOf(outcome)).toEqual([['序号', '任务名称']]);
  });

  test('谎报很小、展开却有 150 MB 的部件被拒', async () => {
    expectRefused(await attempt(zip(entriesWith({ data: Buffer.alloc(150 * 1024 * 1024, 0x20), claimedSize: 2_048 }))));
  }, 60_000);

  test('整张表合并成一格：被拒或按时读完，只占有内容的区域', async () => {
    const outcome = await attempt(
      zip(entriesWith({ data: sheetXml(oneRow, '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>') })),
    );
    if ('refused' in outcome) expectRefused(outcome);
    else expect(cellsOf(outcome).length).toBeLessThanOrEqual(50_000);
  });

  test('只在 XFD1048576 写了一格的表被拒', async () => {
    expectRefused(await attempt(zip(entriesWith({ data: sheetXml(`${oneRow}<row r="1048576">${text('XFD1048576', '角')}</row>`) }))));
  });

  test('声明尺寸为 A1:XFD1048576 而内容只有一行：只读那一行', async () => {
    const data = sheetXml(oneRow).replace('<sheetData>', '<dimension ref="A1:XFD1048576"/><sheetData>');
    expect(cellsOf(await attempt(zip(entriesWith({ data }))))).toEqual([['序号', '任务名称']]);
  });

  test.each(['S1000000', 'A1048576', 'CV200000'])('只在 %s 写了一格的表被拒，并指出这一格', async (ref) => {
    const outcome = await attempt(zip(entriesWith({ data: sheetXml(`${oneRow}<row r="${ref.replace(/\D/g, '')}">${text(ref, '角')}</row>`) })));
    expectRefused(outcome);
    expect(outcome).toMatchObject({ refused: expect.stringContaining(ref) });
  });

  test('永不闭合的标签（几 MB 长）：被拒或按时读完，不让检查陷进去', async () => {
    const parts = Array.from({ length: 300_000 }, (_, index) => `<c r="A${index * 7919}" r="${index}" `);
    const outcome = await attempt(zip(entriesWith({ data: sheetXml(`<row r="1">${parts.join('')}`) })));
    if ('refused' in outcome) expectRefused(outcome);
  });

  test('超过 5 万行的表被拒', async () => {
    const rows = Array.from({ length: 50_001 }, (_, index) => `<row r="${index + 1}"><c r="A${index + 1}"><v>1</v></c></row>`).join('');
    expectRefused(await attempt(zip(entriesWith({ data: sheetXml(rows) }))));
  });

  test('超过 200 个部件的包被拒', async () => {
    const many = Array.from({ length: 201 }, (_, index) => ({ name: `xl/media/${index}.xml`, data: '<a/>' }));
    expectRefused(await attempt(zip(entriesWith(honest, many))));
  });

  test('带 DTD 和实体炸弹的表被拒', async () => {
    const bomb = '<!DOCTYPE w [<!ENTITY a "督督督督督督督督督督"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>';
    expectRefused(await attempt(zip(entriesWith({ data: sheetXml(`<row r="1">${text('A1', '&c;')}</row>`, '', bomb) }))));
  });

  test('藏在长注释后面、或换了扩展名的 DTD 同样被拒', async () => {
    const comment = `<!-- ${Array.from({ length: 2_000 }, (_, index) => index * 7919).join(' ')} -->`;
    expectRefused(await attempt(zip(entriesWith({ data: sheetXml(oneRow, '', `${comment}<!DOCTYPE w>`) }))));
    expectRefused(await attempt(zip(entriesWith(honest, [{ name: 'xl/worksheets/sheet2.dat', data: '<!DOCTYPE w><w/>' }]))));
  });

  test('UTF-16 写的 DTD 同样躲不过', async () => {
    const data = Buffer.from(`\ufeff${sheetXml(oneRow, '', '<!DOCTYPE w SYSTEM "file:///etc/passwd">').replace('UTF-8', 'UTF-16')}`, 'utf16le');
    expectRefused(await attempt(zip(entriesWith({ data }))));
  });

  test.each(['xl/vbaProject.bin', 'XL/VBAPROJECT.BIN', 'xl/macrosheets/sheet2.xml'])('带宏的表（%s）被拒', async (name) => {
    expectRefused(await attempt(zip(entriesWith(honest, [{ name, data: '<a/>' }])), '任务.xlsm'));
  });

  test('两份目录的包（给检查看一份、给读表的库看另一份）被拒', async () => {
    const hidden = zip(entriesWith(honest, [{ name: 'xl/vbaProject.bin', data: 'x' }]));
    expectRefused(await attempt(twoDirectories(zip(entriesWith(honest)), hidden)));
  });

  test('大小留空、要读表的库自己去找的部件被拒', async () => {
    const bytes = zip(entriesWith({ ...honest, flags: 0x0808 }));
    const directory = bytes.readUInt32LE(bytes.length - 6);
    const sheet = bytes.indexOf('xl/worksheets/sheet1.xml', directory) - 46;
    bytes.writeUInt32LE(0, sheet + 20);
    expectRefused(await attempt(bytes));
  });

  test('带宏的 .ods 被拒', async () => {
    const ods = { name: 'content.xml', data: '<a/>' };
    expectRefused(await attempt(zip([ods, { name: 'Basic/Standard/Module1.xml', data: '<a/>' }]), '任务.ods'));
  });

  test.each([
    ['每格都重复到表的尽头', 1_048_576, 16_384],
    ['一行重复到表的尽头', 1_048_576, 1],
  ])('.ods 里%s：被拒', async (_, rowsRepeated, columnsRepeated) => {
    const names = ['office', 'table', 'text'].map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`).join(' ');
    const cell = `<table:table-cell table:number-columns-repeated="${columnsRepeated}" office:value-type="string"><text:p>督</text:p></table:table-cell>`;
    const row = `<table:table-row table:number-rows-repeated="${rowsRepeated}">${cell}</table:table-row>`;
    const data = `<office:document-content ${names}><office:body><office:spreadsheet><table:table table:name="A">${row}</table:table></office:spreadsheet></office:body></office:document-content>`;
    expectRefused(
      await attempt(
        zip([
          { name: 'mimetype', data: 'application/vnd.oasis.opendocument.spreadsheet' },
          { name: 'content.xml', data },
        ]),
        '任务.ods',
      ),
    );
  });

  test('引用外部工作簿的表被拒', async () => {
    expectRefused(await attempt(zip(entriesWith(honest, [{ name: 'xl/externalLinks/externalLink1.xml', data: '<externalLink/>' }]))));
  });

  test('加了打开密码的表被拒，并说到密码', async () => {
    const outcome = await attempt(
      await writeXlsx({ sheets: [{ name: '党工委', rows: [['序号']] }], encryption: { password: 'secret', spinCount: 1_000 } }),
    );
    expectRefused(outcome);
    expect(outcome).toMatchObject({ refused: expect.stringMatching(/密码|加密/) });
  });

  test('包里的部件标着“已加密”的表被拒', async () => {
    expectRefused(await attempt(zip(entriesWith({ ...honest, flags: 0x0801 }))));
  });

  test.each([0.1, 0.5, 0.9, 0.99])('只传了 %d 的文件被拒', async (share) => {
    const whole = zip(entriesWith(honest));
    expectRefused(await attempt(whole.subarray(0, Math.floor(whole.length * share))));
  });

  test('校验和不对的部件被拒', async () => {
    expectRefused(await attempt(zip(entriesWith({ ...honest, crc: 0x1234_5678 }))));
  });

  test('路径往上爬的部件和同名的部件被拒', async () => {
    expectRefused(await attempt(zip(entriesWith(honest, [{ name: '../../etc/cron.d/x', data: 'x' }]))));
    expectRefused(await attempt(zip(entriesWith(honest, [{ name: 'xl/worksheets/sheet1.xml', ...honest }]))));
  });

  test.each([
    ['空文件', Buffer.alloc(0)],
    ['网页改名', Buffer.from('<html><body><table><tr><td>序号</td></tr></table></body></html>')],
    ['图片改名', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['随机字节', Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7919 + 13) % 256))],
    ['别的压缩包', zip([{ name: 'readme.txt', data: '不是表' }])],
  ])('%s成 .xlsx：被拒', async (_, bytes) => {
    expectRefused(await attempt(bytes));
  });

  test.each([
    ['随机字节', Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7919 + 13) % 256))],
    ['网页', Buffer.from('<html><table><tr><td>序号</td></tr></table></html>')],
    ['只传了一半的 UTF-8 文字', Buffer.from('\ufeff序号,任务').subarray(0, -1)],
  ])('%s改名成 .csv：被拒，不当成乱码的表', async (_, bytes) => {
    expectRefused(await attempt(bytes, '任务.csv'));
  });

  test('超过 10 MB 的文件不打开就被拒', async () => {
    expectRefused(await attempt(Buffer.alloc(10 * 1024 * 1024 + 1, 0x50)));
  });

  test('正文以等号开头的文字原样读出，公式读它存着的结果', async () => {
    const row = `<row r="1">${text('A1', '=cmd|calc')}<c r="B1" t="str"><f>1+1</f><v>2项</v></c></row>`;
    expect(cellsOf(await attempt(zip(entriesWith({ data: sheetXml(row) }))))).toEqual([['=cmd|calc', '2项']]);
  });

  test('被拒之后，下一份老实文件照常读出', async () => {
    const outcomes = await Promise.all([
      attempt(zip(entriesWith({ data: sheetXml(`<row r="1048576">${text('XFD1048576', '角')}</row>`) }))),
      attempt(zip(entriesWith(honest))),
    ]);
    expectRefused(outcomes[0]);
    expect(cellsOf(outcomes[1])).toEqual([['序号', '任务名称']]);
  });
});

describe('写法不同而可读的文件：照样读出', () => {
  const rows = [
    ['序号', '任务名称'],
    ['党-001', '推进“一网通办”'],
  ];

  test('WPS 存的 GB18030 的 csv，中文不乱码', async () => {
    // “序号,任务名称\r\n党-001,推进“一网通办”\r\n”
    const gbk = 'd0f2bac52cc8cecef1c3fbb3c60d0ab5b32d3030312ccdc6bdf8a1b0d2bbcdf8cda8b0eca1b10d0a';
    expect(cellsOf(await attempt(Buffer.from(gbk, 'hex'), '任务.csv'))).toEqual(rows);
  });

  test.each([
    ['带 BOM', '\ufeff'],
    ['不带 BOM', ''],
  ])('UTF-8（%s）的 csv', async (_, bom) => {
    const body = `${bom}${rows.map((row) => row.join(',')).join('\r\n')}\r\n`;
    expect(cellsOf(await attempt(Buffer.from(body), '任务.csv'))).toEqual(rows);
  });

  test('表格软件存的“Unicode 文本”（UTF-16，制表符分隔）', async () => {
    const body = Buffer.from(`\ufeff${rows.map((row) => row.join('\t')).join('\r\n')}\r\n`, 'utf16le');
    expect(cellsOf(await attempt(body, '任务.txt'))).toEqual(rows);
  });

  test('带字节序标记的 GB18030', async () => {
    expect(cellsOf(await attempt(Buffer.from('84319533d0f2bac50d0a', 'hex'), '任务.csv'))).toEqual([['序号']]);
  });

  test('八千行、五十列的老实大表：按时读完，点击照常应答', async () => {
    const valueAt = (row: number, column: number): number => (row * 7919 + column * 104_729) % 1_000_003;
    const bytes = writtenApart(
      `writeXlsx({ sheets: [{ name: '党工委', rows: Array.from({ length: 8000 }, (_, row) => Array.from({ length: 50 }, (_, column) => (row * 7919 + column * 104729) % 1000003)) }] })`,
    );
    const read = cellsOf(await attempt(bytes));
    expect(read).toHaveLength(8_000);
    expect(read.every((cells, row) => cells.length === 50 && cells.every((cell, column) => cell === valueAt(row, column)))).toBe(true);
  }, 60_000);

  test('格式一直设到表的尽头、内容只有一行的表：只读那一行', async () => {
    const tail = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>';
    expect(cellsOf(await attempt(zip(entriesWith({ data: sheetXml(`${oneRow}${tail}`) }))))).toEqual([['序号', '任务名称']]);
  });

  test('读表的线程内存用尽时，被拒的是文件，服务还在', async () => {
    const rows = Array.from({ length: 400 }, (_, row) => Array.from({ length: 20 }, (_, column) => `第${row}行第${column}列`));
    await expect(
      readWorkbook(await writeXlsx({ sheets: [{ name: '党工委', rows }] }), '任务.xlsx', { ...workbookLimits, heapMb: 8 }),
    ).rejects.toThrow(/太大/);
  });

  test('空表、隐藏表与日期格', async () => {
    const bytes = await writeXlsx({
      sheets: [
        { name: '空', rows: [] },
        { name: '任务', rows: [['时限', new Date(Date.UTC(2026, 5, 30))]], hidden: true },
      ],
    });
    expect(await attempt(bytes)).toEqual({
      sheets: [
        { name: '空', rows: [] },
        { name: '任务', rows: [['时限', { date: '2026-06-30' }]] },
      ],
    });
  });

  test('.ods 的表', async () => {
    expect(cellsOf(await attempt(await writeOds({ sheets: [{ name: '党工委', rows }] }), '任务.ods'))).toEqual(rows);
  });

  test('合并的单元格用左上角的内容填满', async () => {
    const body = `<row r="1">${text('A1', '类别')}${text('B1', '一')}</row><row r="2">${text('B2', '二')}</row>`;
    const data = sheetXml(body, '<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>');
    expect(cellsOf(await attempt(zip(entriesWith({ data }))))).toEqual([
      ['类别', '一'],
      ['类别', '二'],
    ]);
  });
});
