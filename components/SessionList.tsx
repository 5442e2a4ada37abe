import { HiddenFields } from "@/components/HiddenFields.tsx";
import { Icon } from "@/components/Icon.tsx";
import { When } from "@/components/When.tsx";
import type { SessionView } from "@/lib/shared/account_views.ts";

interface SessionListProps {
  readonly sessions: readonly SessionView[];
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** The browsers in which a user is signed in, each with a button that signs them out there. */
export function SessionList({ sessions, viewer_id }: SessionListProps) {
  return (
    <ul class="card lines">
      {sessions.map((session) => (
        <li key={session.session_id}>
          <SessionLine session={session} />
          {session.current
            ? (
              <span class="badge badge-success">
                <Icon name="check-circle" />This one
              </span>
            )
            : <EndSession session={session} viewer_id={viewer_id} />}
        </li>
      ))}
    </ul>
  );
}

/** Where a session is, and since when. */
export function SessionLine({ session }: { readonly session: SessionView }) {
  return (
    <div class="line-text">
      <strong>{session.browser}</strong>
      <span class="text-body-secondary tabular">{session.ip}</span>
      <small class="text-body-secondary">
        Signed in <When at={session.created_at} precision="minute" />
      </small>
      <small class="text-body-secondary">
        Last seen <When at={session.last_seen_at} precision="minute" />
      </small>
    </div>
  );
}

interface EndSessionProps {
  readonly session: SessionView;
  readonly viewer_id: number;
}

function EndSession({ session: { session_id, browser, ip }, viewer_id }: EndSessionProps) {
  return (
    <form method="post" action="/sessions">
      <HiddenFields values={{ _method: "DELETE", session_id, viewer_id }} />
      <button type="submit" class="btn btn-sm btn-quiet">
        End session
        <span class="visually-hidden">{` of ${browser}, ${ip}`}</span>
      </button>
    </form>
  );
}

/** The button that ends all sessions except the current one. */
export function EndOtherSessions({ viewer_id }: Pick<SessionListProps, "viewer_id">) {
  return (
    <form method="post" action="/sessions">
      <HiddenFields values={{ _method: "DELETE", others: 1, viewer_id }} />
      <button type="submit" class="btn btn-danger">End all other sessions</button>
    </form>
  );
}
