import { updateUsers } from "@/lib/repo/users.ts";
import { isOwn } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { findLastAdmin } from "./admins.ts";
import { allChanged, type Change, idsOf, type UsersChange } from "./change_user.ts";
import { changesTo, drawConsequences } from "./consequences.ts";

/** Changes the role of users, which ends their sessions. */
export const changeRoles: UsersChange<"edit_role"> = {
  action: "edit_role",
  trail: "edit_user",
  async change(tx, users, { role }, { actor }) {
    const others = users.filter((user) => user.role !== role);
    const lastAdmin = await findLastAdmin(tx, others);
    const changes = new Map<number, Change>();
    for (const { id } of others) {
      if (id === lastAdmin) changes.set(id, new DomainError("last_admin"));
      else if (isOwn(actor, id)) changes.set(id, new DomainError("own_account"));
    }
    const changed = others.filter(({ id }) => !changes.has(id));
    await updateUsers(tx, idsOf(changed), { role });
    await drawConsequences(tx, actor, changesTo(changed, { role }));
    return new Map([...changes, ...allChanged(changed)]);
  },
};
