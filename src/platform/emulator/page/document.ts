/** 网页外壳 — everything else is drawn by the bundle. */
export const pageDocument = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>书令 · 模拟平台</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
<script type="module" src="/assets/page.js"></script>
</head>
<body>
<div id="page"><p class="starting">正在打开模拟平台…</p></div>
<noscript>模拟平台需要启用 JavaScript。</noscript>
</body>
</html>
`;

/** 页签图标 — 「令」字方印 */
export const pageIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2b5fd9"/><text x="16" y="23" font-size="19" text-anchor="middle" fill="#fff" font-family="sans-serif">令</text></svg>`;
