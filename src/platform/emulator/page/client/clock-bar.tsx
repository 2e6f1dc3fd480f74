import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { instantAt, localDateOf, localTimeOf } from '#core/dates';
import type { ClockView } from '../view.ts';
import { postJson } from './net.ts';
import { Dialog, useNotices } from './notices.tsx';
import { dateWords } from './words.ts';

/** 时钟条 — what time it is in the emulated office, and how to move on. */
export function ClockBar({ clock }: { clock: ClockView | null }): VNode {
  const { toast } = useNotices();
  const [choosing, setChoosing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [startedAt, setStartedAt] = useState(0);
  const now = clock?.now ?? 0;
  const moving = busy || (clock?.movingTo ?? null) !== null;
  const move = async (request: unknown): Promise<void> => {
    setBusy(true);
    setStartedAt(now);
    try {
      const reached = await postJson<ClockView>('/api/clock', request);
      toast('success', `已到 ${dateWords(reached.now, 'full')}`);
    } catch (error) {
      toast('error', error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="clock-bar" aria-label="时钟">
      <time class="clock-now" title="北京时间">
        {clock ? dateWords(now, 'full') : '…'}
      </time>
      <div class="clock-buttons">
        <button type="button" disabled={moving} onClick={() => void move({ nextWorkingDay: true })}>
          下一个工作日
        </button>
        <button type="button" disabled={moving} onClick={() => void move({ plusMinutes: 60 })}>
          +1 小时
        </button>
        <button type="button" disabled={moving} onClick={() => setChoosing(true)}>
          到指定时间
        </button>
      </div>
      {moving && <MoveProgress startedAt={startedAt} clock={clock} />}
      {choosing && (
        <ChooseInstant
          now={now}
          onClose={() => setChoosing(false)}
          onChosen={(to) => {
            setChoosing(false);
            void move({ to });
          }}
        />
      )}
    </section>
  );
}

function MoveProgress({ startedAt, clock }: { startedAt: number; clock: ClockView | null }): VNode {
  const target = clock?.movingTo ?? null;
  const share =
    clock === null || target === null || startedAt === 0 ? undefined : Math.max(0, Math.min(1, (clock.now - startedAt) / (target - startedAt)));
  return (
    <div class="clock-progress">
      <progress max={1} {...(share === undefined ? {} : { value: share })} aria-label="拨钟进度" />
      <span>{target === null ? '正在拨钟…' : `拨往 ${dateWords(target, 'full')}`}</span>
    </div>
  );
}

function ChooseInstant({ now, onClose, onChosen }: { now: number; onClose: () => void; onChosen: (to: number) => void }): VNode {
  const current = new Date(now);
  const [date, setDate] = useState(localDateOf(current));
  const [time, setTime] = useState(localTimeOf(current));
  const to = date === '' || time === '' ? Number.NaN : instantAt(date, time).getTime();
  return (
    <Dialog title="到指定时间" onClose={onClose}>
      <p class="dialog-text">途中到点的提醒、催办都会逐一办完。时间只能往后拨。</p>
      <form
        class="choose-instant"
        onSubmit={(event) => {
          event.preventDefault();
          if (to > now) onChosen(to);
        }}
      >
        <label>
          日期
          <input type="date" value={date} min={localDateOf(current)} required onInput={(event) => setDate(event.currentTarget.value)} />
        </label>
        <label>
          时刻
          <input type="time" value={time} required onInput={(event) => setTime(event.currentTarget.value)} />
        </label>
        <div class="dialog-buttons">
          <button type="button" class="ghost" onClick={onClose}>
            取消
          </button>
          <button type="submit" class="primary" disabled={!(to > now)}>
            拨钟
          </button>
        </div>
      </form>
    </Dialog>
  );
}
