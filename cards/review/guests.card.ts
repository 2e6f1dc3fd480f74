import { bind } from '../kit/action.ts';
import { defineCard } from '../kit/card.ts';
import { form, note, select, submit, text } from '../kit/elements.ts';
import { signInGuests } from './actions.ts';

export interface GuestsProps {
  readonly sessionId: string;
  readonly number: string;
  readonly guests: readonly { readonly id: string; readonly name: string; readonly place: string; readonly present: boolean }[];
  /** 表单的版次 */
  readonly version: number;
}

/** 来宾登记 — those without an account; the secretary only names who is absent. */
export const guestsCard = defineCard<GuestsProps>(
  'review.guests',
  '来宾登记',
  ({ sessionId, number, guests, version }) => {
    const present = guests.filter((guest) => guest.present).length;
    const absent = guests.filter((guest) => !guest.present).map(({ id }) => id);
    return {
      title: '来宾登记',
      subtitle: number,
      color: 'blue',
      tags: [{ text: `已到${present}/${guests.length}`, color: 'blue' }],
      summary: `${number} 来宾已到${present}/${guests.length}`,
      elements: [
        text(`来宾${guests.length}位，除下面选出的未到者，都记为到会。`, { size: 'heading', lines: 3 }),
        form(`guests_${number.replace(/\W/g, '')}_${version}`, [
          select('absent', '没有到会的', {
            multiple: true,
            // 登记过的，没到的已经选好：后到一位，去掉他就行。
            initial: present > 0 && absent.length > 0 ? absent : undefined,
            placeholder: '都到了就不用选',
            options: guests.map(({ id, name, place }) => ({ text: `${name}（${place}）`, value: id })),
          }),
          submit('登记到会', bind(signInGuests, { sessionId })),
        ]),
        note('来宾用纸质票投票，不需要账号；登记的人数就是发出的票数。有人后到或离会，改好名单再登记一次。'),
      ],
    };
  },
  [
    {
      name: 'twenty',
      props: {
        sessionId: 's1',
        number: 'SZ-2026-12-18',
        guests: Array.from({ length: 20 }, (_, index) => ({ id: `v${index}`, name: `代表${index + 1}`, place: '灯塔社区', present: index < 18 })),
        version: 1,
      },
    },
  ],
);
