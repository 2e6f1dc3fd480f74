import { burdenCard } from '#cards/burden/burden.card';
import { quietCard } from '#cards/burden/quiet.card';
import { suggestionCard } from '#cards/burden/suggestion.card';
import { defineFeature } from '#core/feature';
import { showBurden } from './burden.ts';
import { onPause, onUnpause, quiet } from './quiet.ts';
import { onSuggest, suggestion } from './suggest.ts';

/** 减负与投诉建议 — how much is asked of the units, and a way for everybody to say that it is too much. */
export const burden = defineFeature({
  name: 'burden',
  title: '减负与投诉建议',
  cards: [burdenCard, suggestionCard, quietCard],
  actions: [onSuggest, onPause, onUnpause],
  commands: [suggestion, showBurden, quiet],
});
