import { ActionButton } from "@/components/ActionButton.tsx";
import { Icon } from "@/components/Icon.tsx";
import { Name } from "@/components/Name.tsx";
import { When } from "@/components/When.tsx";
import { DELETED_USERS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import { neighbourOf, rowPath } from "@/lib/shared/user_rows.ts";
import { userPath } from "@/lib/shared/users.ts";
import type { DeletedUserView } from "@/lib/shared/views.ts";

interface DeletedUsersProps {
  readonly users: readonly DeletedUserView[];
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** Lists deleted users, each with a button that restores them. */
export function DeletedUsers({ users, viewer_id }: DeletedUsersProps) {
  if (users.length === 0) {
    return (
      <div class="card empty">
        <Icon name="trash" />
        <h2>No deleted users</h2>
        <p class="text-body-secondary m-0">
          Deleted users stay here for {DELETED_USERS_KEPT_DAYS} days and can be restored.
        </p>
      </div>
    );
  }
  return (
    <ul class="card lines">
      {users.map((user, index) => (
        <li key={user.user_id} id={`user_${user.user_id}`} tabindex={-1}>
          <div class="line-text">
            <a class="quiet-link" href={userPath(user.user_id)}>
              <Name class="fw-bold" text={user.username} />
            </a>
            <Name class="text-body-secondary" text={user.email} />
            <small class="text-body-secondary">
              Deleted by <Name text={user.deleted_by} /> on{" "}
              <When at={user.deleted_at} precision="day" />, kept until{" "}
              <When at={user.kept_until} precision="day" />
            </small>
          </div>
          <ActionButton
            action="restore_user"
            user_id={user.user_id}
            username={user.username}
            viewer_id={viewer_id}
            next={rowPath("/deleted_users", neighbourOf(users, index))}
            look="btn-sm btn-quiet"
          />
        </li>
      ))}
    </ul>
  );
}
