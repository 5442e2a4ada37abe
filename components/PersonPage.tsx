import { Avatar } from "@/components/Avatar.tsx";
import { Name } from "@/components/Name.tsx";
import { OpenedBy } from "@/components/OpenedBy.tsx";
import { PersonActions } from "@/components/PersonActions.tsx";
import { PersonHistory } from "@/components/PersonHistory.tsx";
import { PersonNotes, PersonTags } from "@/components/PersonLabels.tsx";
import { PersonState } from "@/components/PersonState.tsx";
import { Contact } from "@/components/ProfileCard.tsx";
import { RoleBadge } from "@/components/RoleBadge.tsx";
import { SessionLine } from "@/components/SessionList.tsx";
import { SignInCauses } from "@/components/SignInCauses.tsx";
import { StatusBadge } from "@/components/StatusBadge.tsx";
import { Title } from "@/components/Title.tsx";
import { When } from "@/components/When.tsx";
import type { PersonView } from "@/lib/shared/person.ts";
import type { EmailView } from "@/lib/shared/operation_views.ts";
import type { SessionView } from "@/lib/shared/account_views.ts";

interface PersonPageProps {
  readonly view: PersonView;
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** What admins and support see of one user: state in words, what can be done, what has happened. */
export function PersonPage({ view, viewer_id }: PersonPageProps) {
  const { user, causes, means, masked } = view;
  const mending = causes.flatMap(({ mends }) => mends);
  const others = view.actions.filter((action) => !mending.includes(action));
  const isLocked = causes.some(({ cause }) => cause === "locked");
  return (
    <>
      <OpenedBy openers={user.opened_by} />
      <header class="card card-body mb-card person-head">
        <Avatar {...user} size="large" />
        <div class="profile-name">
          <Title text={user.full_name || user.username} />
          <div class="d-flex flex-wrap align-items-center gap-2">
            <bdi class="text-body-secondary">{user.username}</bdi>
            <span class="text-body-secondary tabular">{`No. ${user.user_id}`}</span>
            <RoleBadge role={user.role} />
            <StatusBadge status={user.status} />
            {isLocked && <span class="badge badge-warning">Locked</span>}
          </div>
          {!masked && <PersonTags user={user} tags={view.tags} viewer_id={viewer_id} />}
        </div>
      </header>
      <div class="person-columns">
        <SignInCauses {...view} viewer_id={viewer_id} />
        <div class="person-side">
          {others.length > 0 && (
            <PersonActions
              user={user}
              actions={others}
              viewer_id={viewer_id}
            />
          )}
          {!masked && <PersonNotes user={user} notes={view.notes} viewer_id={viewer_id} />}
          <Sessions sessions={view.sessions} />
          {view.emails.length > 0 && <Emails emails={view.emails} masked={masked} />}
        </div>
        <div>
          <PersonState user={user} means={means} masked={masked} viewer_id={viewer_id} />
          {!masked && <Contact user={user} />}
        </div>
      </div>
      <PersonHistory user_id={user.user_id} history={view.history} viewer_id={viewer_id} />
    </>
  );
}

function Sessions({ sessions }: { readonly sessions: readonly SessionView[] }) {
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2>Sessions</h2>
        <span class="text-body-secondary tabular">{sessions.length}</span>
      </div>
      {sessions.length === 0
        ? <p class="card-body text-body-secondary m-0">Signed in nowhere</p>
        : (
          <ul class="lines">
            {sessions.map((session) => (
              <li key={session.session_id}>
                <SessionLine session={session} />
              </li>
            ))}
          </ul>
        )}
    </section>
  );
}

interface EmailsProps {
  readonly emails: readonly EmailView[];
  readonly masked: boolean;
}

function Emails({ emails, masked }: EmailsProps) {
  return (
    <section class="card mb-card">
      <div class="card-header">
        <h2>E-mails that wait</h2>
        {!masked && <a href="/emails">All e-mails</a>}
      </div>
      <ul class="lines">
        {emails.map(({ email_id, title, to, reason, created_at }) => (
          <li key={email_id}>
            <div class="line-text">
              <strong>{title}</strong>
              <Name class="text-body-secondary" text={to} />
              {reason !== null && <span class="text-break" dir="auto">{reason}</span>}
              <small class="text-body-secondary">
                Written <When at={created_at} precision="minute" />
              </small>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
