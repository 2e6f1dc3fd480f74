import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InvalidError } from '#core/errors';
import { checkDraw, type DrawProof } from '#domain/draws/draw';
import { exitCodes, type Shell } from './shell.ts';

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const proofShape = z.object({
  version: z.literal('DRAW-V1'),
  drawId: z.string(),
  secret: hex,
  items: z.array(z.string()).min(1),
  inputs: z.array(z.string()),
  listHash: hex,
  commitment: hex,
  seed: hex,
  order: z.array(z.string()),
}) satisfies z.ZodType<DrawProof>;

/**
 * 核对抽签 — recomputes a published proof; needs neither configuration nor database, so anybody may run it anywhere.
 * @param options.commitment as it was posted before the draw
 */
export async function verifyDraw(shell: Shell, file: string, { commitment }: { commitment?: string }): Promise<number> {
  const proof = await readProof(file);
  const faults = checkDraw(proof, commitment);
  for (const fault of faults) shell.out(`不符：${fault}`);
  if (faults.length > 0) return exitCodes.refused;
  shell.out(`抽签${proof.drawId}相符：${proof.items.length}家，取数${proof.inputs.join('、')}`);
  if (commitment === undefined) shell.out(`承诺 ${proof.commitment}（请与抽签前公布的核对，或用 --commitment 给出）`);
  for (const [index, item] of proof.order.entries()) shell.out(`${index + 1}. ${item}`);
  return exitCodes.done;
}

async function readProof(file: string): Promise<DrawProof> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new InvalidError(`读不到文件 ${file}`);
  });
  try {
    return proofShape.parse(JSON.parse(text));
  } catch (error) {
    throw new InvalidError(`${file} 不是抽签证明，请用抽签后公布的 .json 文件`, String(error));
  }
}
