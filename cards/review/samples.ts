/** 样例里台上的八家，按述职次序 — the same on every card of the session. */
export const stageUnits = [
  '应急管理局',
  '科技创新和经济服务局',
  '公共事业局',
  '城市管理和综合执法局',
  '住房和建设局',
  '教育和卫生健康局',
  '南屿办事处',
  '葵岭办事处',
] as const;
