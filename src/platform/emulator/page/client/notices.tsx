import type { ComponentChildren, VNode } from 'preact';
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';

export type ToastType = 'success' | 'info' | 'warning' | 'error';

export interface Question {
  readonly title: string;
  readonly text: string;
}

/** 提示与确认 — the platform's toast and its dialog. */
export interface Notices {
  readonly toast: (type: ToastType, words: string) => void;
  readonly ask: (question: Question) => Promise<boolean>;
}

const NoticesContext = createContext<Notices>({ toast: () => undefined, ask: () => Promise.resolve(false) });

export function useNotices(): Notices {
  return useContext(NoticesContext);
}

interface Toast {
  readonly id: number;
  readonly type: ToastType;
  readonly words: string;
}

const toastMs = { success: 5_000, info: 5_000, warning: 7_000, error: 9_000 } as const;
const marks = { success: '✓', info: 'i', warning: '!', error: '×' } as const;

/** 提示的去处 */
export function NoticesProvider({ children }: { children: ComponentChildren }): VNode {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const [asked, setAsked] = useState<{ question: Question; answer: (yes: boolean) => void } | null>(null);
  const counter = useRef(0);
  const drop = useCallback((id: number) => setToasts((former) => former.filter((toast) => toast.id !== id)), []);
  const notices = useMemo<Notices>(
    () => ({
      toast: (type, words) => {
        counter.current += 1;
        const id = counter.current;
        setToasts((former) => [...former.slice(-3), { id, type, words }]);
        setTimeout(() => drop(id), toastMs[type]);
      },
      ask: (question) =>
        new Promise((resolve) => {
          setAsked({
            question,
            answer: (yes) => {
              setAsked(null);
              resolve(yes);
            },
          });
        }),
    }),
    [drop],
  );
  return (
    <NoticesContext.Provider value={notices}>
      {children}
      <div class="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, type, words }) => (
          <button key={id} type="button" class={`toast ${type}`} onClick={() => drop(id)} title="点击关闭">
            <span class="toast-mark" aria-hidden="true">
              {marks[type]}
            </span>
            <span>{words}</span>
          </button>
        ))}
      </div>
      {asked && <ConfirmDialog question={asked.question} answer={asked.answer} />}
    </NoticesContext.Provider>
  );
}

function ConfirmDialog({ question: { title, text }, answer }: { question: Question; answer: (yes: boolean) => void }): VNode {
  return (
    <Dialog title={title || '请确认'} onClose={() => answer(false)}>
      <p class="dialog-text">{text}</p>
      <div class="dialog-buttons">
        <button type="button" class="ghost" onClick={() => answer(false)}>
          取消
        </button>
        <button type="button" class="primary" onClick={() => answer(true)}>
          确定
        </button>
      </div>
    </Dialog>
  );
}

/** 对话框 — the browser's own, so that focus stays inside and Esc closes it. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }): VNode {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog ref={box} aria-labelledby="dialog-title" onClose={onClose} onCancel={onClose}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}
