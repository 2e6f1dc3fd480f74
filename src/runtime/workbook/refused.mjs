/** 不收的文件；message 是给发件人看的话。 */
export class Refused extends Error {}

/** 不收的理由 — said in more than one place. */
export const reasons = {
  notTable: '不是表格文件。可以收 .xlsx、.xls、.ods 和 .csv；网页另存的表请先用表格软件另存为 .xlsx',
  macro: '文件里有宏，请另存为不含宏的 .xlsx 后再发',
  password: '文件加了密码，请去掉密码后再发',
  tooOld: '这是 Excel 95 或更早的格式，不能读取，请另存为 .xlsx 后再发',
  incomplete: '文件不完整，请重新发送',
};
