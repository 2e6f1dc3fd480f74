import fc from 'fast-check';

/** 随机输入的种子 — the same by day, so that a red test stays red until it is mended; the nightly run draws another one and prints it. */
export const seed = Number(process.env.FUZZ_SEED ?? 20_261_127);
fc.configureGlobal({ seed });

export { fc };
