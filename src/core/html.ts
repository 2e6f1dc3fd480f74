/** 进网页的文字 — whatever was typed in a workbook is only text. */
export function safe(text: string | number): string {
  return String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** 一页 @param options.scripts what the page can do without */
export function page(title: string, body: string, { style, scripts = [] }: { style: string; scripts?: readonly string[] }): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${safe(title)}</title>
<style>${style}</style></head><body>${body}${scripts.map((script) => `<script src="${script}"></script>`).join('')}</body></html>`;
}
