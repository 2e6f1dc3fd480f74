/**
 * 开关 — where the platform's documentation is silent or contradicts itself (every “?” of the contract), the emulator can
 * be set to either side, so that tests run both ways. The default is the stricter or the better attested one.
 */
export interface Switches {
  /** contract 2.1: what an unfilled optional field looks like in form_value */
  readonly unfilledField: 'empty' | 'absent' | 'null';
  /** contract 2.3: whether a card returned by a callback reaches everybody or only the person who clicked */
  readonly returnedCardReaches: 'all' | 'clicker';
  /** contract 10.2 #18: PATCH while a click on the message is unanswered — the answer's card wins, or the clicker's view flips back even without one, or the PATCH is refused */
  readonly patchDuringClick: 'overwritten' | 'flips-back' | 'locked';
  /** contract 10.2 #19: concurrent PATCHes of one message */
  readonly patchOrder: 'arrival' | 'random';
  /** contract 1.5: signature time of a re-sent event */
  readonly retryTimestamp: 'fresh' | 'original';
  /** contract 10.4: whether 201 or 204 count as an acknowledgement of an event */
  readonly acknowledgedBy: 'only-200' | 'any-2xx';
  /** contract 2.1: operator.open_id of a callback */
  readonly operatorOpenId: 'present' | 'absent';
  /** contract 2.2: submit buttons without `value` are refused by the client */
  readonly submitNeedsValue: boolean;
  /** contract 4.1: HTTP status of a wrong app secret */
  readonly wrongSecretStatus: 200 | 400;
  /** contract 4.2: what a repeated uuid answers */
  readonly repeatedUuid: 'first-message' | 'refused';
  /** contract 10.2 #8: code for somebody who has left */
  readonly resignedCode: 230013 | 230029;
  /** contract 10.2 #10: code for a group in which nobody may speak */
  readonly mutedGroupCode: 230018 | 230035;
  /** contract 4.2: audit of plain phone numbers and mail addresses */
  readonly dlp: boolean;
  /** contract 3.1: UTF-8 bytes of a card */
  readonly cardBytesMax: number;
  /** contract 3.1: 5 by the documents, 3 measured by a first-party plugin */
  readonly cardTablesMax: number;
  /** contract 3.3: the form page contradicts itself */
  readonly chartInForm: 'reject' | 'accept';
  /** contract 3.9: keys of 1.0 and old colour names that still occur in official samples */
  readonly leftovers: 'warn' | 'reject';
  /** contract 5: status of the gateway's own rate limit */
  readonly rateLimitStatus: 429 | 400;
  /** contract 1.3: digits of `header.create_time` of events (callbacks always have microseconds) */
  readonly eventTime: 'ms' | 'us';
  /** contract 10.1 #2: how the outer JSON is written */
  readonly bodyStyle: 'compact' | 'pretty' | 'escaped';
  /** contract 10.1 #3: the body arrives in several TCP chunks, cut inside multi-byte characters */
  readonly splitBody: boolean;
}

export const strict: Switches = {
  unfilledField: 'empty',
  returnedCardReaches: 'all',
  patchDuringClick: 'overwritten',
  patchOrder: 'arrival',
  retryTimestamp: 'fresh',
  acknowledgedBy: 'only-200',
  operatorOpenId: 'present',
  submitNeedsValue: true,
  wrongSecretStatus: 200,
  repeatedUuid: 'first-message',
  resignedCode: 230013,
  mutedGroupCode: 230018,
  dlp: false,
  cardBytesMax: 30 * 1024,
  cardTablesMax: 5,
  chartInForm: 'reject',
  leftovers: 'warn',
  rateLimitStatus: 429,
  eventTime: 'ms',
  bodyStyle: 'compact',
  splitBody: true,
};
