import type { ComponentChildren } from "preact";
import { Avatar } from "@/components/Avatar.tsx";
import { RoleBadge } from "@/components/RoleBadge.tsx";
import { StatusBadge } from "@/components/StatusBadge.tsx";
import { When } from "@/components/When.tsx";
import { isWebAddress } from "@/lib/shared/fields.ts";
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
              <h1 dir="auto">{user.full_name || user.username}</h1>
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
      <div class="halves">
        <Contact user={user} />
        <Account user={user} />
      </div>
    </>
  );
}

function Contact({ user }: { readonly user: UserView }) {
  return (
    <section class="card">
      <div class="card-header">
        <h2>Contact</h2>
      </div>
      <dl class="card-body facts">
        <Fact label="Contact e-mail">
          {user.contact_email && (
            <a href={`mailto:${encodeURIComponent(user.contact_email)}`}>{user.contact_email}</a>
          )}
        </Fact>
        <Fact label="Phone">{user.phone}</Fact>
        <Fact label="Postal address">{user.address}</Fact>
        <Fact label="Zip code">{user.zipcode}</Fact>
        <Fact label="Website">
          {isWebAddress(user.website)
            ? <a href={user.website} rel="noopener noreferrer nofollow">{user.website}</a>
            : user.website}
        </Fact>
      </dl>
    </section>
  );
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
            : <span class="badge badge-secondary">Not confirmed</span>}
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

function Fact({ label, children }: FactProps) {
  return (
    <>
      <dt>{label}</dt>
      <dd dir="auto">{children || <span class="text-body-secondary">Not given</span>}</dd>
    </>
  );
}
