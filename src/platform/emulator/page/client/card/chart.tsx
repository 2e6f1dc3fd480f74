import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Json, objectIn, textIn } from './read.ts';
import { useSurface } from './surface.ts';

interface Drawn {
  renderSync(): void;
  release(): void;
}
interface ChartLibrary {
  readonly VChart: new (
    spec: unknown,
    options: { dom: HTMLElement; mode: 'desktop-browser' | 'mobile-browser'; theme: string; animation: boolean },
  ) => Drawn;
}

let loading: Promise<ChartLibrary> | undefined;

/** 取图表库 — once, when the first chart comes into view. */
function loadLibrary(): Promise<ChartLibrary> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = '/assets/vchart.js';
    script.onload = () => resolve((globalThis as unknown as { VChart: ChartLibrary }).VChart);
    script.onerror = () => {
      loading = undefined;
      reject(new Error('图表库没有取到'));
    };
    document.head.append(script);
  });
  return loading;
}

const themes: Readonly<Record<string, readonly string[]>> = {
  brand: ['#3370ff', '#85a6ff', '#34c6c0', '#ffb23f', '#7f6bea', '#f5895c', '#9aa5b8'],
  rainbow: ['#3370ff', '#34c724', '#ffc60a', '#ff8800', '#f54a45', '#7f3bf5', '#04b49c'],
  complementary: ['#3370ff', '#ff8800', '#85a6ff', '#ffb866', '#1b4fc4', '#c96a00'],
  converse: ['#1b4fc4', '#f54a45', '#6f97ff', '#ff8f8b', '#0d3591', '#b82f2b'],
  primary: ['#3370ff', '#5c8dff', '#85a6ff', '#adc2ff', '#d6e1ff', '#1b4fc4'],
};

/** 图表组件 — the platform's own library; a spec that it can not draw says so. */
export function ChartElement({ json }: { json: Json }): VNode {
  const { device } = useSurface();
  const box = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const spec = objectIn(json, 'chart_spec') ?? {};
  const specText = JSON.stringify(spec);
  const theme = textIn(json, 'color_theme') || 'brand';
  const dark = document.documentElement.dataset['theme'] === 'dark';

  useEffect(() => {
    const dom = box.current;
    if (!dom) return undefined;
    let chart: Drawn | undefined;
    let gone = false;
    setFailure(null);
    loadLibrary()
      .then(({ VChart }) => {
        if (gone) return;
        const parsed = JSON.parse(specText) as Json;
        chart = new VChart(
          { background: 'transparent', color: themes[theme], ...parsed },
          { dom, mode: device === 'phone' ? 'mobile-browser' : 'desktop-browser', theme: dark ? 'dark' : 'light', animation: false },
        );
        chart.renderSync();
        dom.dataset['drawn'] = 'true';
      })
      .catch((error: unknown) => setFailure(error instanceof Error ? error.message : String(error)));
    return () => {
      gone = true;
      chart?.release();
    };
  }, [specText, device, theme, dark]);

  const ratio = textIn(json, 'aspect_ratio') || (device === 'phone' ? '1:1' : '16:9');
  const height = textIn(json, 'height');
  const size = /^\d+px$/.test(height) ? { height } : { aspectRatio: ratio.replace(':', ' / ') };
  const title = textIn(objectIn(spec, 'title') ?? {}, 'text') || textIn(spec, 'type');
  return (
    <div class="chart">
      <div class="chart-box" ref={box} role="img" aria-label={`图表：${title}`} style={size} />
      {failure !== null && <p class="undrawn">模拟器未绘制：图表（{failure}）</p>}
    </div>
  );
}
