/** 消息里的 @，按占位符 */
export interface RawMention {
  /** placeholder in the text, `@_user_1` */
  readonly key: string;
  readonly id?: { readonly open_id?: string | null | undefined } | null | undefined;
  readonly mentioned_type?: string | null | undefined;
  readonly name?: string | null | undefined;
}

export interface Mentions {
  readonly ofBot: boolean;
  readonly ofAll: boolean;
  /** 换名 — placeholders become `@名`; the bot's own one disappears, with the blanks around it. */
  replaceIn(text: string): string;
  /** 按占位符取名 @returns '' for the bot */
  nameOf(key: string): string;
}

const placeholder = /([ \t\u00a0]*)(@_user_\d+|@_all)([ \t\u00a0]*)/g;

/** 建提及 — only messages that address us arrive (scope group_at_msg), so a mentioned bot is this bot. */
export function createMentions(raw: readonly RawMention[]): Mentions {
  const byKey = new Map(raw.map((mention) => [mention.key, mention]));
  const isBot = (mention: RawMention): boolean => mention.mentioned_type === 'bot';
  const nameOf = (key: string): string => {
    if (key === '@_all') return '@所有人';
    const mention = byKey.get(key);
    if (!mention) return key;
    return isBot(mention) ? '' : `@${mention.name ?? ''}`;
  };
  const replace = (_whole: string, before: string, key: string, after: string): string => {
    const name = nameOf(key);
    return name === '' ? before.slice(0, 1) || after.slice(0, 1) : `${before}${name}${after}`;
  };
  return {
    ofBot: raw.some(isBot),
    ofAll: raw.some(({ key, id }) => key === '@_all' || id?.open_id === 'all'),
    replaceIn: (text) => text.replace(placeholder, replace),
    nameOf,
  };
}
