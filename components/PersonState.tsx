import type { ComponentChildren } from "preact";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { Fact } from "@/components/ProfileCard.tsx";
import { When } from "@/components/When.tsx";
import type { MeansView } from "@/lib/shared/person.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface PersonStateProps {
  readonly user: UserView;
  readonly means: MeansView;
  /** Whether addresses are masked. */
  readonly masked: boolean;
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
}

/** The state of an account in words. */
export function PersonState({ user, means, masked, viewer_id }: PersonStateProps) {
  const { user_id, email, email_verified, new_email, admin } = user;
  const { has_password, two_factor_since, passkeys, api_keys } = means;
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2>Account</h2>
      </div>
      <dl class="card-body facts">
        <Fact label="Status">
          <Status user={user} />
        </Fact>
        <Fact label="E-mail address">
          <bdi>{email}</bdi>
          {email_verified ? ", confirmed" : ", not confirmed"}
          {masked && user.role !== "admin" && (
            <form method="post" action="/show_address">
              <HiddenFields values={{ user_id, viewer_id }} />
              <button type="submit" class="btn btn-sm btn-quiet">Show the address</button>
            </form>
          )}
        </Fact>
        {new_email !== null && (
          <Fact label="New address">
            <bdi>{new_email}</bdi>, waits for its confirmation
          </Fact>
        )}
        <Fact label="Password">{has_password ? "Set" : "None"}</Fact>
        <Fact label="Second factor">
          {two_factor_since === null ? "Off" : (
            <>
              On since <When at={two_factor_since} precision="day" />
            </>
          )}
        </Fact>
        <Fact label="Passkeys">{passkeys === 0 ? "None" : passkeys}</Fact>
        <Fact label="API keys">
          {api_keys === 0
            ? "None"
            : masked
            ? api_keys
            : <a href={`/api_keys?user_id=${user_id}`}>{api_keys}</a>}
        </Fact>
        <Fact label="Failed sign-ins">
          {admin?.failed_logins ? `${admin.failed_logins} since the last sign-in` : "None"}
        </Fact>
        <Fact label="Last sign-in">
          <When at={user.last_login_at} precision="minute" />
        </Fact>
        <Fact label="Joined">
          <When at={user.created_at} precision="minute" />
        </Fact>
      </dl>
    </section>
  );
}

function Status({ user: { status, admin } }: { readonly user: UserView }): ComponentChildren {
  const locked = admin?.locked_until;
  if (status === "active") {
    return locked && new Date(locked) > new Date()
      ? (
        <>
          Active, locked until <When at={locked} precision="minute" />
        </>
      )
      : "Active";
  }
  return (
    <>
      Suspended {admin?.suspended_until
        ? (
          <>
            until <When at={admin.suspended_until} precision="minute" />
          </>
        )
        : "without an end"}
      {admin?.status_reason && (
        <>
          : <bdi>{admin.status_reason}</bdi>
        </>
      )}
    </>
  );
}
