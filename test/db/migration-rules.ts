/** 违规的一句 */
export interface Offence {
  readonly rule: string;
  readonly sentence: string;
}

/** 规矩 — what a program of the former version, which still runs or comes back, cannot live with. */
interface Rule {
  readonly name: string;
  readonly breaks: (sentence: string, known: Known) => boolean;
}

/** 这个迁移里新添的：旧程序不认得，怎样都行 */
interface Known {
  readonly newTables: ReadonlySet<string>;
  /** `表.列` */
  readonly newColumns: ReadonlySet<string>;
  /** 其中可空、没有默认值的：旧程序写的行里都是空，什么要求都过得去 */
  readonly newNullable: ReadonlySet<string>;
  /** of all migrations up to this one */
  readonly uniqueIndexes: ReadonlySet<string>;
}

/** 一个迁移 */
export interface MigrationText {
  readonly name: string;
  readonly sql: string;
}

/** 旧程序受不了的 — sentence by sentence, in the order in which the migrations are applied. */
export function offencesIn(migrations: readonly MigrationText[]): readonly (Offence & { readonly migration: string })[] {
  const uniqueIndexes = new Set<string>();
  return migrations.flatMap(({ name: migration, sql }) => {
    const sentences = sentencesOf(sql);
    for (const sentence of sentences)
      for (const [, index = ''] of sentence.matchAll(/^CREATE UNIQUE INDEX (?:IF NOT EXISTS )?"(\w+)"/gi)) uniqueIndexes.add(index);
    const known = { ...additionsOf(sentences), uniqueIndexes };
    return sentences.flatMap((sentence) =>
      rules.filter(({ breaks }) => breaks(sentence, known)).map(({ name: rule }) => ({ migration, rule, sentence })),
    );
  });
}

/** 拆成句 — comments go, the bodies of functions stay whole. */
function sentencesOf(sql: string): string[] {
  const pieces = sql.match(/--[^\n]*|\$(\w*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'|;|[^;'$-]+|[-$]/g) ?? [];
  const sentences = [''];
  for (const piece of pieces) {
    if (piece === ';') sentences.push('');
    else if (!piece.startsWith('--')) sentences.push(`${sentences.pop() ?? ''}${piece}`);
  }
  return sentences.map((sentence) => sentence.replaceAll(/\s+/g, ' ').trim()).filter((sentence) => sentence !== '');
}

function additionsOf(sentences: readonly string[]): Omit<Known, 'uniqueIndexes'> {
  const newTables = new Set(sentences.flatMap((sentence) => /^CREATE TABLE (?:IF NOT EXISTS )?"(\w+)"/i.exec(sentence)?.[1] ?? []));
  const added = sentences.flatMap((sentence) => addedColumns(sentence).map((column) => ({ ...column, key: `${tableOf(sentence)}.${column.name}` })));
  return {
    newTables,
    newColumns: new Set(added.map(({ key }) => key)),
    newNullable: new Set(added.filter(({ rest }) => !/NOT NULL|DEFAULT/i.test(rest)).map(({ key }) => key)),
  };
}

function addedColumns(sentence: string): { readonly name: string; readonly rest: string }[] {
  return [...sentence.matchAll(/\bADD (?:COLUMN )?(?:IF NOT EXISTS )?"(\w+)" ([^,]*)/gi)].map(([, name = '', rest = '']) => ({ name, rest }));
}

const tableOf = (sentence: string): string =>
  /^(?:ALTER TABLE|UPDATE|DELETE FROM|INSERT INTO|TRUNCATE(?: TABLE)?) (?:IF EXISTS )?(?:ONLY )?"(\w+)"/i.exec(sentence)?.[1] ??
  /^CREATE UNIQUE INDEX [^(]*? ON "(\w+)"/i.exec(sentence)?.[1] ??
  '';
/** 要求都只落在新的可空列上 */
const onlyNew = (sentence: string, columns: string, { newNullable }: Known): boolean => {
  const names = [...columns.matchAll(/"(\w+)"/g)].map(([, name = '']) => name);
  return names.length > 0 && names.every((column) => newNullable.has(`${tableOf(sentence)}.${column}`));
};
const onOldTable =
  (breaks: Rule['breaks']): Rule['breaks'] =>
  (sentence, known) =>
    tableOf(sentence) !== '' && !known.newTables.has(tableOf(sentence)) && breaks(sentence, known);

const readable =
  /^(CREATE (TABLE|(UNIQUE )?INDEX|(OR REPLACE )?FUNCTION|TRIGGER|TYPE) |(ALTER TABLE|UPDATE|INSERT INTO|DELETE FROM|TRUNCATE) .*?"|ALTER TYPE "|DROP \w+ )/i;

const rules: readonly Rule[] = [
  { name: '这里读不懂的写法', breaks: (sentence) => !readable.test(sentence) },
  { name: '不在一个事务里，断在中间就剩一半', breaks: (sentence) => /^(BEGIN|COMMIT|ROLLBACK|VACUUM|END)\b|\bCONCURRENTLY\b/i.test(sentence) },
  { name: '去掉或改名', breaks: (sentence) => /^DROP (TABLE|TYPE|VIEW|FUNCTION|TRIGGER|SEQUENCE|SCHEMA)\b|^ALTER \w+ .*\bRENAME\b/i.test(sentence) },
  {
    name: '去掉列',
    breaks: onOldTable((sentence) => /\bDROP COLUMN\b|\bDROP (?!CONSTRAINT|NOT NULL|DEFAULT|IDENTITY|EXPRESSION)(IF EXISTS )?"/i.test(sentence)),
  },
  {
    name: '添必填的列而没有默认值',
    breaks: onOldTable((sentence) => addedColumns(sentence).some(({ rest }) => /NOT NULL/i.test(rest) && !/DEFAULT/i.test(rest))),
  },
  { name: '把列改成必填', breaks: onOldTable((sentence) => /\bSET NOT NULL\b/i.test(sentence)) },
  { name: '让列可以为空：旧程序读到空就出错', breaks: onOldTable((sentence) => /\bDROP NOT NULL\b/i.test(sentence)) },
  { name: '去掉默认值：旧程序写的行里没有它', breaks: onOldTable((sentence) => /\bDROP DEFAULT\b/i.test(sentence)) },
  { name: '改列的类型：放宽也算，备好的语句会不认', breaks: onOldTable((sentence) => /\bALTER (COLUMN )?"\w+" (SET DATA )?TYPE\b/i.test(sentence)) },
  { name: '改枚举', breaks: (sentence) => /^ALTER TYPE\b.*\b(ADD|RENAME) VALUE\b/i.test(sentence) },
  {
    name: '给旧表添要求',
    breaks: onOldTable((sentence, known) => {
      const added = /\bADD (?:CONSTRAINT "\w+" )?(?:CHECK|UNIQUE|EXCLUDE|PRIMARY KEY|FOREIGN KEY)\s*\(([^)]*)\)/i.exec(sentence);
      return added !== null && !onlyNew(sentence, added[1] ?? '', known);
    }),
  },
  {
    name: '给旧表添唯一键',
    breaks: onOldTable((sentence, known) => {
      const columns = /^CREATE UNIQUE INDEX [^(]*\(([^)]*)\)/i.exec(sentence);
      return columns !== null && !onlyNew(sentence, columns[1] ?? '', known);
    }),
  },
  {
    name: '去掉唯一键：旧程序靠它防重',
    breaks: (sentence, { uniqueIndexes }) => {
      const [, index = ''] = /^DROP INDEX (?:IF EXISTS )?"(\w+)"/i.exec(sentence) ?? [];
      const [, constraint = '_fkey'] = /\bDROP CONSTRAINT (?:IF EXISTS )?"(\w+)"/i.exec(sentence) ?? [];
      return uniqueIndexes.has(index) || !constraint.endsWith('_fkey');
    },
  },
  { name: '删旧表的行', breaks: onOldTable((sentence) => /^(DELETE|TRUNCATE)\b/i.test(sentence)) },
  { name: '往旧表里添行：旧程序要读得懂', breaks: onOldTable((sentence) => /^INSERT\b/i.test(sentence)) },
  {
    name: '改写旧列',
    breaks: onOldTable((sentence, { newColumns }) => {
      const written = [...sentence.matchAll(/(?:\bSET|,) "(\w+)" ?= ?/g)].map(([, column = '']) => column);
      return /^UPDATE\b/i.test(sentence) && !written.every((column) => newColumns.has(`${tableOf(sentence)}.${column}`));
    }),
  },
];
