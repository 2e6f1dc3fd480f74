import { parentPort } from 'node:worker_threads';
import type { OfficialDocument } from '#core/document';
import { renderDocx } from './render-docx.ts';

/** 排好的一份，或排不成的缘由 */
export type Typeset = { readonly id: number; readonly bytes: Uint8Array } | { readonly id: number; readonly fault: string };

// 排版的线程：来一份排一份，排好交回主线程。
parentPort?.on('message', ({ id, document }: { id: number; document: OfficialDocument }) => {
  renderDocx(document).then(
    (bytes) => answer({ id, bytes: Uint8Array.from(bytes) }),
    (error: unknown) => answer({ id, fault: error instanceof Error ? error.message : String(error) }),
  );
});

function answer(done: Typeset): void {
  parentPort?.postMessage(done);
}
