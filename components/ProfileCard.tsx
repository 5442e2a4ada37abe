import type { ComponentChildren } from "preact";
import { Avatar } from "@/components/Avatar.tsx";
import { RoleBadge } from "@/components/RoleBadge.tsx";
import { StatusBadge } from "@/components/StatusBadge.tsx";
import { Title } from "@/components/Title.tsx";
import { When } from "@/components/When.tsx";
import { isWebAddress } from "@/lib/shared/fields.ts";
import type { Field } from "@/lib/shared/form.ts";
import { PROFILE_FIELDS, type ProfileField, profileForm } from "@/lib/shared/profile_form.ts";
import type { UserView } from "@/lib/shared/views.ts";

interface ProfileCardProps {
  readonly user: UserView;
  /** The islands that edit and delete. */
  readonly actions?: ComponentChildren;
}

/** A user's profile and account, to be read. */
export function ProfileCard({ user, actions }: ProfileCardProps) {
  return (
    <>
      <section class="card mb-card">
        <div class="profile-band" />
        <div class="card-body">
          <div class="profile-head">
            <Avatar {...user} size="large" />
            <div class="profile-name">
              <Title text={user.full_name || user.username} />
              <div class="d-flex flex-wrap align-items-center gap-2">
                <bdi class="text-body-secondary">{user.username}</bdi>
                <RoleBadge role={user.role} />
                <StatusBadge status={user.status} />
              </div>
            </div>
            <div class="profile-actions">{actions}</div>
          </div>
          {user.bio && <p class="profile-bio" dir="auto">{user.bio}</p>}
        </div>
      </section>
      {user.new_email !== null && <NewEmail email={user.new_email} />}
      <div class="halves">
        <Contact user={user} />
        <Account user={user} />
      </div>
    </>
  );
}

/** An address that waits for its confirmation. */
function NewEmail({ email }: { readonly email: string }) {
  return (
    <section class="card card-body mb-card">
      <p>
        Waiting for{" "}
        <bdi>{email}</bdi>: open the link in the e-mail that we have sent there. Until then you sign
        in with the old address.
      </p>
      <form class="form-actions" method="post" action="/change_email">
        <button type="submit" class="btn btn-quiet" name="send_again" value="1">
          Send the e-mail again
        </button>
        <button type="submit" class="btn btn-quiet" name="cancel" value="1">
          Keep the old address
        </button>
      </form>
    </section>
  );
}

/** The fields that stand at the top of the page. */
const IN_HEAD: readonly ProfileField[] = ["full_name", "bio"];

/** How to reach a user. */
export function Contact({ user }: { readonly user: UserView }) {
  return (
    <section class="card">
      <div class="card-header">
        <h2>Contact</h2>
      </div>
      <dl class="card-body facts">
        {PROFILE_FIELDS.filter((name) => !IN_HEAD.includes(name)).map((name) => (
          <Fact key={name} label={profileForm[name].label}>
            {linked(profileForm[name].type, user[name])}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

/** A text as a link, where it is an address. */
function linked(type: Field<unknown>["type"], text: string): ComponentChildren {
  if (type === "email" && text) return <a href={`mailto:${encodeURIComponent(text)}`}>{text}</a>;
  if (type !== "url" || !isWebAddress(text)) return text;
  return <a href={text} rel="noopener noreferrer nofollow">{text}</a>;
}

function Account({ user }: { readonly user: UserView }) {
  return (
    <section class="card">
      <div class="card-header">
        <h2>Account</h2>
      </div>
      <dl class="card-body facts">
        <Fact label="E-mail address">
          <bdi>{user.email}</bdi> {user.email_verified
            ? <span class="badge badge-success">Confirmed</span>
            : <span class="badge">Not confirmed</span>}
        </Fact>
        <Fact label="Joined">
          <When at={user.created_at} precision="day" />
        </Fact>
        <Fact label="Last sign-in">
          <When at={user.last_login_at} precision="minute" />
        </Fact>
      </dl>
    </section>
  );
}

interface FactProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** A line of a list of facts. */
export function Fact({ label, children }: FactProps) {
  return (
    <>
      <dt>{label}</dt>
      <dd dir="auto">{children || <span class="text-body-secondary">Not given</span>}</dd>
    </>
  );
}
