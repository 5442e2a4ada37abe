import { ActionButton } from "@/components/ActionButton.tsx";
import { actionOf, type PressedAction } from "@/lib/shared/actions.ts";
import { userPath } from "@/lib/shared/users.ts";

interface PersonActionsProps {
  readonly user: { readonly user_id: number; readonly username: string };
  /** Those that have an effect now and have no button elsewhere. */
  readonly actions: readonly PressedAction[];
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** The order of the buttons. Those that are not named come after these. */
const FIRST: readonly PressedAction[] = ["edit_user", "activate_user", "unlock_user"];

/** What can be done to a user. What takes something away is apart. */
export function PersonActions({ user, actions, viewer_id }: PersonActionsProps) {
  const { user_id, username } = user;
  const sorted = [
    ...FIRST.filter((name) => actions.includes(name)),
    ...actions.filter((name) => !FIRST.includes(name)),
  ];
  const button = (action: PressedAction, look: string) => (
    <ActionButton
      key={action}
      action={action}
      user_id={user_id}
      username={username}
      viewer_id={viewer_id}
      next={userPath(user_id)}
      look={look}
      bare
    />
  );
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2>Actions</h2>
      </div>
      <div class="card-body person-actions">
        {sorted.filter((name) => !isDangerous(name)).map((name) => button(name, "btn-quiet"))}
      </div>
      <div class="card-body person-actions person-dangers">
        {sorted.filter(isDangerous).map((name) => button(name, "btn-quiet text-danger"))}
      </div>
    </section>
  );
}

/** Whether the action asks before it takes something away, or ends something at once. */
function isDangerous(name: PressedAction): boolean {
  const { ask } = actionOf(name);
  return (ask !== undefined && name !== "view_as") || name === "end_api_keys";
}
