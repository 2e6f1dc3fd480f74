import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { CardJson } from '#cards/kit/card';
import type { GalleryView, PersonView } from '../view.ts';
import { CardView } from './card/card.tsx';
import { wordsOf } from './card/read.ts';
import type { Device, Surface } from './card/surface.ts';
import { Findings, JsonBlock } from './inspector.tsx';
import { getJson } from './net.ts';
import { useNotices } from './notices.tsx';
import type { Looks } from './preferences.ts';

/** 卡片陈列 — every card with every sample, as on a desktop and as on a phone, and what the validators say. */
export function Gallery({ looks }: { looks: Looks }): VNode {
  const [samples, setSamples] = useState<readonly GalleryView[] | null>(null);
  const [people, setPeople] = useState<readonly PersonView[]>([]);
  useEffect(() => {
    void getJson<readonly GalleryView[]>('/api/gallery').then(setSamples, () => setSamples([]));
    void getJson<readonly PersonView[]>('/api/people').then(setPeople, () => undefined);
  }, []);
  const names = useMemo(() => [...new Map((samples ?? []).map((sample) => [sample.card, sample])).values()], [samples]);
  // 网址里带着卡片名时，取到之后翻到那一张。
  useEffect(() => {
    if (samples !== null) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }, [samples]);
  return (
    <div class="gallery">
      <header class="topbar">
        <a class="ghost" href="/">
          ‹ 回到会话
        </a>
        <h1>卡片陈列</h1>
        <span class="topbar-fill" />
        <button type="button" aria-pressed={looks.dark} onClick={looks.toggleDark}>
          深色
        </button>
      </header>
      <nav class="gallery-list" aria-label="卡片">
        <ul>
          {names.map(({ card, title }) => (
            <li key={card}>
              <a href={`#${card}`}>
                <span>{title}</span>
                <small>{card}</small>
                <Mark samples={(samples ?? []).filter((sample) => sample.card === card)} />
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main class="gallery-samples">
        {samples === null && <p class="empty">正在取卡片…</p>}
        {samples?.length === 0 && <p class="empty">还没有卡片。</p>}
        {names.map(({ card }) => (
          <div key={card} id={card} class="samples">
            {(samples ?? [])
              .filter((sample) => sample.card === card)
              .map((sample) => (
                <Sample key={sample.sample} sample={sample} people={people} />
              ))}
          </div>
        ))}
      </main>
    </div>
  );
}

function Mark({ samples }: { samples: readonly GalleryView[] }): VNode | null {
  const troubles = samples.reduce((sum, { inspection: { findings, house } }) => sum + findings.length + house.length, 0);
  return troubles === 0 ? null : (
    <span class="unread">
      {troubles}
      <span class="sr-only">处问题</span>
    </span>
  );
}

function Sample({ sample: { title, sample, inspection }, people }: { sample: GalleryView; people: readonly PersonView[] }): VNode {
  const { toast, ask } = useNotices();
  const surfaceFor = (device: Device): Omit<Surface, 'textSizes'> => ({
    device,
    nameOf: (openId) => people.find((person) => person.openId === openId)?.name ?? null,
    members: [],
    waiting: new Set(),
    press: async ({ path, confirm }) => {
      if (confirm) await ask({ title: wordsOf(confirm['title']), text: wordsOf(confirm['text']) });
      toast('info', `陈列里的卡片不送出：${path}`);
      return null;
    },
  });
  const card = inspection.json as CardJson;
  return (
    <section class="sample" aria-label={`${title}：${sample}`}>
      <h2>
        {title} <small>{sample}</small>
      </h2>
      <div class="sample-cards">
        <div class="sample-desktop">
          <p class="quiet">电脑</p>
          <CardView card={card} surface={surfaceFor('desktop')} />
        </div>
        <div class="sample-phone">
          <p class="quiet">手机</p>
          <CardView card={card} surface={surfaceFor('phone')} />
        </div>
        <div class="sample-facts">
          <Findings inspection={inspection} />
          <JsonBlock title="卡片 JSON" value={inspection.json} />
        </div>
      </div>
    </section>
  );
}
