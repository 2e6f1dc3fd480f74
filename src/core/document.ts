/**
 * 公文稿 — what a document says and how it is built up, without fonts or measures: those are the renderer's (`runtime/documents`).
 * Every text is plain; line breaks inside it are kept.
 */
export interface OfficialDocument {
  /** shown by the word processor as the file's title */
  readonly title: string;
  /** 眉上两侧的字，每页都有 */
  readonly header: { readonly left: string; readonly right: string };
  readonly sections: readonly DocumentSection[];
}

/** 节 — begins on a new page; wide tables lie across. */
export interface DocumentSection {
  readonly landscape: boolean;
  /** 红头的页上不再有眉 */
  readonly bare?: boolean;
  /** 版记，在最后一面的版心下边缘 */
  readonly imprint?: { readonly copies: readonly string[]; readonly office: string; readonly date: string };
  readonly blocks: readonly DocumentBlock[];
}

export type DocumentBlock =
  /** 红头：发文机关标志、发文字号和签发人、红线 */
  | { readonly kind: 'letterhead'; readonly issuer: string; readonly number: string; readonly signer: string }
  /** 附件1 之类，题目之上顶格 */
  | { readonly kind: 'mark'; readonly text: string }
  /** 题目，一行一段 @property apart 在红线之下：上空二行，下空一行 */
  | { readonly kind: 'title'; readonly lines: readonly string[]; readonly apart?: boolean }
  /** 题下的单位，居中 */
  | { readonly kind: 'subtitle'; readonly text: string }
  /** 主送 */
  | { readonly kind: 'recipient'; readonly text: string }
  /** 一、 */
  | { readonly kind: 'heading'; readonly text: string }
  /** @property lead 段首的黑体字：“一、按时签收。” */
  | { readonly kind: 'paragraph'; readonly text: string; readonly lead?: string }
  /** 附件说明 */
  | { readonly kind: 'attachments'; readonly names: readonly string[] }
  /** 署名和成文日期 @property seal 留出盖章的地方，左边印二维码 */
  | { readonly kind: 'signature'; readonly office: string; readonly date: string; readonly seal?: { readonly address: string } }
  /** 附注，圆括号里的一句 */
  | { readonly kind: 'annotation'; readonly text: string }
  | { readonly kind: 'table'; readonly columns: readonly DocumentColumn[]; readonly rows: readonly DocumentRow[] }
  /** 一栏名称一栏空白，供填写 */
  | { readonly kind: 'slip'; readonly rows: readonly { readonly label: string; readonly value: string; readonly lines: number }[] };

export interface DocumentColumn {
  readonly heading: string;
  readonly widthMm: number;
  /** 短而整齐的栏居中，成段的靠左 */
  readonly align: 'left' | 'center';
}

/** 表的一行 — cells, or a band across the whole table that names what follows. */
export type DocumentRow = { readonly cells: readonly string[] } | { readonly band: string };
