import { holderOf, type Model, nominalHolder } from './posts-model.ts';

/** 分管随岗位走：领导的岗位换了人，没有了结的事项、单位归接任的；前任还分管着别的，姓名分不清是哪一口的，就不动 */
export function passFields(model: Model): void {
  for (const post of model.posts.values()) {
    const now = nominalHolder(post, model.today);
    if (post.role !== 'leaderInCharge' || now === null) continue;
    const former = model.led.get(post.id) ?? now;
    model.led.set(post.id, now);
    const leads = [...model.posts.values()].some(
      (other) => ['leaderInCharge', 'principalLeader'].includes(other.role) && holderOf(model, other) === former,
    );
    if (former === now || leads) continue;
    const [from, to] = [former, now].map((id) => model.people.get(id)?.name ?? '');
    for (const item of model.items.values()) if (item.leader === from && item.status !== 'completed') item.leader = to ?? null;
    for (const [unit, name] of model.fields) if (name === from) model.fields.set(unit, to ?? '');
  }
}
