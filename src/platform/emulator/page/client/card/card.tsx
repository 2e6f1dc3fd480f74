import type { VNode } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import type { CardJson } from '#cards/kit/card';
import { drawings } from './drawings.tsx';
import { DrawingsContext, Elements } from './elements.tsx';
import { type Json, listIn, objectIn, textIn, wordsOf } from './read.ts';
import { boxStyle } from './style.ts';
import { type Surface, SurfaceContext } from './surface.ts';
import { Icon, Words } from './text.tsx';
import { Undrawn } from './undrawn.tsx';

export interface CardViewProps {
  readonly card: CardJson;
  readonly surface: Omit<Surface, 'textSizes'>;
}

/** 卡片 — card JSON 2.0 drawn as the client draws it; one that breaks the drawing says so and leaves the page standing. */
export function CardView(props: CardViewProps): VNode {
  const [failure, reset] = useErrorBoundary();
  // 换上新卡片就重画一次。
  useEffect(reset, [props.card]);
  return failure === undefined ? <Drawn {...props} /> : <Undrawn what={`卡片（${failure instanceof Error ? failure.message : String(failure)}）`} />;
}

function Drawn({ card, surface }: CardViewProps): VNode {
  const config: Json = card.config ?? {};
  const style = objectIn(config, 'style') ?? {};
  const body: Json = card.body ?? {};
  return (
    <SurfaceContext.Provider value={{ ...surface, textSizes: objectIn(style, 'text_size') ?? {} }}>
      <article
        class={`card width-${textIn(config, 'width_mode') || 'default'} ${surface.device}`}
        aria-label={`卡片：${wordsOf(objectIn(card.header ?? {}, 'title')) || '无标题'}`}
      >
        {card.header && <Header header={card.header} />}
        <div class="card-body" style={boxStyle(body, { vertical: '8px', horizontal: '8px', padding: '12px' })}>
          <DrawingsContext.Provider value={drawings}>
            <Elements list={body['elements']} path="body.elements" />
          </DrawingsContext.Provider>
        </div>
      </article>
    </SurfaceContext.Provider>
  );
}

const tagsMax = 3;

function Header({ header }: { header: Json }): VNode {
  const icon = objectIn(header, 'icon');
  const subtitle = objectIn(header, 'subtitle');
  const chinese = listIn(objectIn(header, 'i18n_text_tag_list') ?? {}, 'zh_cn');
  const tags = (chinese.length > 0 ? chinese : listIn(header, 'text_tag_list')).slice(0, tagsMax);
  return (
    <header class={`card-header template-${textIn(header, 'template') || 'default'}`} style={{ padding: textIn(header, 'padding') || '12px' }}>
      {icon && <Icon icon={icon} />}
      <div class="card-titles">
        <div class="card-title-line">
          <Words text={header['title']} class="card-title" />
          {tags.map((tag, index) => (
            <span key={index} class={`text-tag tag-${textIn(tag, 'color') || 'blue'}`}>
              {wordsOf(tag['text'])}
            </span>
          ))}
        </div>
        {subtitle && <Words text={subtitle} class="card-subtitle" />}
      </div>
    </header>
  );
}
