import { type ApiAnswer, ok, Refusal } from './answer.ts';
import { idOf } from './chats.ts';
import { type ApiRequest, type CallContext, objectOf } from './request.ts';

const entriesMax = 50;
const userIdScope = 'contact:user.employee_id:readonly';

/** 按手机号、邮箱找人 `POST /contact/v3/users/batch_get_id` — who is unknown or invisible comes back without user_id. @throws Refusal */
export function batchGetId({ store }: CallContext, { query, body }: ApiRequest): ApiAnswer {
  const { mobiles = [], emails = [], include_resigned: includeResigned = false } = objectOf(body, 99992402);
  const { user_id_type: type = 'open_id' } = query;
  if (type === 'user_id' && !store.app().scopes.includes(userIdScope)) {
    throw new Refusal(99991672, undefined, { text: `Access denied. One of the following scopes is required: [${userIdScope}].` });
  }
  const maySeeStatus = store.app().scopes.includes('contact:user.employee:readonly');
  const present = store.people().filter(({ visible, resigned }) => visible && (includeResigned === true || !resigned));
  const entry = (key: 'mobile' | 'email', given: string): Readonly<Record<string, unknown>> => {
    const person = present.find((candidate) => (key === 'email' ? candidate.email === given : candidate.mobile === plainMobile(given)));
    if (!person) return { [key]: given };
    const status = { is_frozen: false, is_resigned: person.resigned, is_activated: true, is_exited: false, is_unjoin: false };
    return { [key]: given, user_id: idOf(person, type), ...(maySeeStatus ? { status } : {}) };
  };
  const found = [
    ...stringsOf(mobiles, 'mobiles').map((given) => entry('mobile', given)),
    ...stringsOf(emails, 'emails').map((given) => entry('email', given)),
  ];
  return ok({ user_list: found });
}

/** 内地号码可带可不带 +86；别国的必须带区号。 */
function plainMobile(given: string): string {
  return given.replace(/^\+86/, '');
}

function stringsOf(value: unknown, name: string): readonly string[] {
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string'))
    throw new Refusal(99992402, `${name} must be a list of strings`);
  if (value.length > entriesMax) throw new Refusal(99992402, `${name} has more than ${entriesMax} entries`);
  return value;
}
