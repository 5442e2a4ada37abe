import type { ProfileValues } from "./profile_form.ts";
import type { Role, Status } from "./users.ts";

/** ISO 8601 in UTC. */
export type Timestamp = string;

/** A user as shown to themselves and admins: account and profile. */
export interface UserView extends ProfileValues {
  readonly user_id: number;
  readonly username: string;
  /** The e-mail address for signing in. */
  readonly email: string;
  readonly email_verified: boolean;
  /** The address that waits for its confirmation. */
  readonly new_email: string | null;
  readonly role: Role;
  readonly status: Status;
  /** URL of the avatar, or `null` for the initials. */
  readonly image: string | null;
  readonly created_at: Timestamp;
  readonly updated_at: Timestamp;
  readonly last_login_at: Timestamp | null;
  /** Send it with `PUT /edit_user`, so that changes made meanwhile are not overwritten. */
  readonly version: number;
  /** Other admins and support who have the user open. Absent if there are none. */
  readonly opened_by?: readonly OpenerView[];
  /** Fields that only admins see. */
  readonly admin?: {
    readonly failed_logins: number;
    readonly locked_until: Timestamp | null;
    readonly status_reason: string | null;
    readonly suspended_until: Timestamp | null;
  };
}

/** Somebody else who has a user open. */
export interface OpenerView {
  readonly username: string;
  readonly opened_at: Timestamp;
}

/** A field that two people have changed at the same time. */
export interface EditConflictView {
  readonly field: string;
  /** The value that the edit started from, if the client has sent it. */
  readonly before?: string;
  readonly yours: string;
  readonly theirs: string;
}

/** Whether a user may sign in, and if not, why and until when. */
export interface StatusState {
  readonly status: Status;
  readonly status_reason: string | null;
  /** `null` if an admin has to activate the user. */
  readonly suspended_until: Timestamp | null;
}

/** `PUT /update_status`. */
export interface StatusView extends StatusState, ChangedUser {}

/** A row of the user list. */
export interface UserListItem extends StatusState {
  readonly user_id: number;
  readonly username: string;
  readonly email: string;
  readonly full_name: string;
  readonly image: string | null;
  readonly role: Role;
  readonly locked: boolean;
  /** Until when; `null` if the user is not locked. */
  readonly locked_until: Timestamp | null;
  /** Whether admins may view as this user. */
  readonly can_be_viewed: boolean;
  readonly created_at: Timestamp;
  readonly last_login_at: Timestamp | null;
}

/** `GET /user_list` as JSON. */
export interface UserListView {
  /** Whether addresses are masked, since support reads it. */
  readonly masked: boolean;
  readonly users: readonly UserListItem[];
  /** For `after=`; `null` on the last page. */
  readonly next: string | null;
  /** For `before=`; `null` on the first page. */
  readonly previous: string | null;
  /** The position of the first of these users in the list, from 1; `null` if it is unknown. */
  readonly first: number | null;
  /** Exact up to 10,000 matches, estimated beyond. */
  readonly estimated_total: number;
}

/** A saved query of the user list. */
export interface SavedViewView {
  readonly view_id: number;
  readonly name: string;
  /** The page that shows it. */
  readonly path: string;
  /** What it searches and filters. */
  readonly words: readonly string[];
}

/** Names of a user. */
export interface NamedUser {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
}

/** `POST /show_address` as JSON. */
export interface ShownAddress extends NamedUser {
  readonly email: string;
  /** The address that waits for its confirmation. */
  readonly new_email: string | null;
}

/** An action on a user that can be taken back: the fields of `PUT /undo`. */
export interface UndoTarget {
  readonly user_id: number;
  /** Of the audit trail. */
  readonly entry: number;
}

/** A user to whom something was done. */
export interface ChangedUser extends NamedUser {
  /** The entry of the audit trail, if it can be taken back: for `PUT /undo`. */
  readonly entry?: number;
}

/** A deleted user who can be restored. */
export interface DeletedUserView {
  readonly user_id: number;
  readonly username: string;
  readonly email: string;
  readonly deleted_at: Timestamp;
  readonly deleted_by: string;
  /** When the user is deleted for good. */
  readonly kept_until: Timestamp;
}

/** The signed-in user, or the user as whom an admin views. */
export interface Viewer {
  readonly user_id: number;
  readonly username: string;
  readonly full_name: string;
  readonly image: string | null;
  readonly role: Role;
  /** How long an admin may go on viewing as this user. Absent if nobody does. */
  readonly viewing_minutes_left?: number;
  /**
   * When a second factor must be set up, `null` for now. Absent if there is one, or none is asked
   * for.
   */
  readonly factor_due?: Timestamp | null;
}

/** A note of an admin about a user. */
export interface NoteView {
  readonly note_id: number;
  readonly author: string;
  readonly text: string;
  readonly at: Timestamp;
}

/** An entry of the audit trail. */
export interface AuditView {
  readonly id: number;
  readonly at: Timestamp;
  readonly actor: string;
  /** `null` for visitors and tasks. */
  readonly actor_id: number | null;
  /** The admin who viewed as the actor, if one did. */
  readonly real_actor: string | null;
  readonly real_actor_id: number | null;
  readonly action: string;
  readonly target: string | null;
  readonly target_id: number | null;
}
