import { ActionButton } from "@/components/ActionButton.tsx";
import { Icon } from "@/components/Icon.tsx";
import type { SignInCause } from "@/lib/shared/person.ts";
import { userPath } from "@/lib/shared/users.ts";

interface SignInCausesProps {
  readonly user: { readonly user_id: number; readonly username: string };
  readonly can_sign_in: boolean;
  readonly causes: readonly SignInCause[];
  readonly remarks: readonly string[];
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** Whether a user can sign in, why not, and a button for what mends it. */
export function SignInCauses({ user, can_sign_in, causes, remarks, viewer_id }: SignInCausesProps) {
  const { user_id, username } = user;
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2 dir="auto">
          <Icon name={can_sign_in ? "check-circle" : "exclamation-triangle"} />{" "}
          <bdi>{username}</bdi> {can_sign_in ? "can sign in" : "cannot sign in"}
        </h2>
      </div>
      {causes.length > 0 && (
        <ul class="lines causes">
          {causes.map(({ cause, text, prevents, mends }, index) => (
            <li key={cause}>
              <p class={prevents ? "fw-bold m-0" : "m-0"} dir="auto">{text}</p>
              {mends.length > 0 && (
                <div class="cause-actions">
                  {mends.map((action, place) => (
                    <ActionButton
                      key={action}
                      action={action}
                      user_id={user_id}
                      username={username}
                      viewer_id={viewer_id}
                      next={userPath(user_id)}
                      look={prevents && index === 0 && place === 0
                        ? "btn-sm btn-primary"
                        : "btn-sm btn-quiet"}
                      bare
                    />
                  ))}
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      <ul class="card-body remarks">
        {remarks.map((remark) => <li key={remark} dir="auto">{remark}</li>)}
      </ul>
    </section>
  );
}
