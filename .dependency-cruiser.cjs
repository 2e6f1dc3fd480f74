// 依赖方向（见 src/ARCHITECTURE.md）。一条规则一句话；违反时说明该怎么走。
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|cards|prisma)/', pathNot: [from, ...allowed] },
});
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: '循环引用：把共用的部分移到两者之下。', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    only('kit-stands-alone', '卡片工具只依赖 zod。', '^cards/kit/', []),
    only('cards-know-only-the-kit', '卡片不认识 src，也不认识别的功能的卡片。', '^cards/(?!kit/)', ['^cards/kit/', '^cards/[^/]+/actions\\.ts$']),
    {
      name: 'cards-do-not-meet',
      severity: 'error',
      comment: '一个功能的卡片不引用另一个功能的卡片；按钮的约定（actions.ts）可以。',
      from: { path: '^cards/([^/]+)/', pathNot: '^cards/kit/' },
      to: { path: '^cards/', pathNot: ['^cards/kit/', '^cards/$1/', '^cards/[^/]+/actions\\.ts$'] },
    },
    only('core-is-words', 'core 只用卡片工具的类型。', '^src/core/', ['^cards/kit/']),
    only('domain-knows-no-chat', '领域不认识卡片、功能、运行时和平台；数据库只经 store.ts。', '^src/domain/', ['^src/core/', '^src/db/rows\\.ts$', '^src/domain/', '^prisma/generated/']),
    only('features-meet-in-the-manifest', '功能只用 core、domain、卡片。', '^src/features/', ['^src/core/', '^src/domain/', '^cards/', '^src/db/rows\\.ts$']),
    {
      name: 'features-do-not-meet',
      severity: 'error',
      comment: '功能之间不互相引用，经清单里的贡献相会。',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: '^src/features/$1/' },
    },
    only('runtime-knows-no-feature', '运行时不认识具体功能和适配器。', '^src/runtime/', [
      '^src/core/',
      '^src/db/',
      '^src/domain/blobs/',
      '^src/platform/(port|inbound|errors)\\.ts$',
      '^cards/kit/',
    ]),
    only('platform-knows-the-port', '平台适配器只认识端口。', '^src/platform/', ['^src/core/', '^cards/kit/']),
    only('http-knows-runtime', 'HTTP 只认识运行时和平台的入站部分。', '^src/http/', ['^src/core/', '^src/runtime/', '^src/platform/(inbound|errors)\\.ts$', '^src/platform/feishu/(door|normalize|webhook-crypto)\\.ts$']),
    {
      name: 'rows-only-in-stores',
      severity: 'error',
      comment: '只有名为 store.ts 的文件可以打开事务。',
      from: { path: '^src/', pathNot: ['/store\\.ts$', '^src/db/'] },
      to: { path: '^src/db/rows\\.ts$' },
    },
    {
      name: 'prisma-only-in-db',
      severity: 'error',
      comment: 'Prisma 客户端只在 src/db 与 store.ts 出现。',
      from: { path: '^src/', pathNot: ['/store\\.ts$', '^src/db/'] },
      to: { path: '^prisma/generated/' },
    },
    {
      name: 'sdk-only-in-the-adapter',
      severity: 'error',
      comment: '飞书 SDK 只在 src/platform/feishu 出现。',
      from: { path: '^src/', pathNot: '^src/platform/feishu/' },
      to: { path: 'node_modules/@larksuiteoapi/node-sdk' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'], extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'] },
    exclude: { path: 'prisma/generated' },
  },
};
