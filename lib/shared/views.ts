import type { Scope } from "./api_keys.ts";
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

/** What protects an account. */
export interface SecurityView {
  readonly email_verified: boolean;
  /** Whether this installation has two-factor sign-in. */
  readonly offered: boolean;
  readonly can_turn_on: boolean;
  /** `null` while two-factor sign-in is off. */
  readonly turned_on_at: Timestamp | null;
  readonly codes_left: number;
  /** Whether the user has said that the recovery codes are stored. */
  readonly codes_stored: boolean;
  /** Whether there is a password. Without one, a passkey signs in. */
  readonly has_password: boolean;
  /** Whether this installation has passkeys. */
  readonly passkeys_offered: boolean;
  /** How many there are. */
  readonly passkeys: number;
  /** In these no code is asked for. */
  readonly trusted_browsers: readonly TrustedBrowserView[];
}

/** A browser in which no code is asked for. */
export interface TrustedBrowserView {
  readonly browser_id: number;
  /** Such as "Firefox on Linux". */
  readonly browser: string;
  /** Address of the last sign-in. */
  readonly ip: string;
  readonly trusted_until: Timestamp;
  /** Whether the request comes from it. */
  readonly current: boolean;
}

/** A passkey, as its user sees it. */
export interface PasskeyView {
  readonly passkey_id: number;
  readonly name: string;
  readonly created_at: Timestamp;
  readonly last_used_at: Timestamp | null;
  /** Whether it is on other devices of its user, too. */
  readonly synced: boolean;
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

/** A user in an export. Its members are the columns of the file. */
export interface ExportedUserView extends ProfileValues {
  readonly user_id: number;
  readonly username: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly role: Role;
  readonly status: Status;
  readonly status_reason: string | null;
  readonly suspended_until: Timestamp | null;
  readonly locked_until: Timestamp | null;
  /** With spaces between them. */
  readonly tags: string;
  readonly created_at: Timestamp;
  readonly last_login_at: Timestamp | null;
}

/** `GET /export_users` as JSON. */
export interface ExportView {
  /** How many users match. */
  readonly users: number;
}

/** A row of an imported file, and what becomes of it. */
export interface ImportRowView {
  readonly line: number;
  readonly outcome: string;
  /** Why it is refused, or which fields change. */
  readonly reason: string;
  readonly email: string;
  readonly username: string;
}

/** An import that its admin can open again. */
export interface ImportLine {
  readonly import_id: number;
  readonly state: string;
  readonly created_at: Timestamp;
}

/** `GET /import_users?import_id=` as JSON. */
export interface ImportView {
  readonly import_id: number;
  readonly state: string;
  /** Names of the columns of the file. */
  readonly header: readonly string[];
  /** The column of each field, counted from 0. */
  readonly columns: Readonly<Record<string, number>>;
  readonly total: number;
  /** Rows by what becomes of them. */
  readonly counts: Readonly<Record<string, number>>;
  /** Imported users without a password, who have no link yet. */
  readonly without_password: number;
  /** The first rows of each outcome that needs a look. */
  readonly samples: readonly ImportRowView[];
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

/** What has become of an e-mail that is not sent yet. */
export type EmailState = "waiting" | "sending" | "failed" | "expired";

/** An e-mail that is not sent yet, as admins see it. */
export interface EmailView {
  readonly email_id: number;
  readonly to: string;
  /** What it is about, in a few words. */
  readonly title: string;
  readonly state: EmailState;
  /** Why the last attempt failed. */
  readonly reason: string | null;
  /** Attempts that failed. */
  readonly attempts: number;
  readonly created_at: Timestamp;
  /** When it is tried next; `null` if it is not. */
  readonly next_at: Timestamp | null;
  /** How long it is worth sending. */
  readonly expires_at: Timestamp | null;
  /** Whether it may have a link that works once. */
  readonly has_link: boolean;
  /** Whether it may be sent again, or its link copied. */
  readonly is_of_use: boolean;
}

/** `GET /emails` as JSON. */
export interface EmailListView {
  readonly emails: readonly EmailView[];
  /** For `after=`; `null` on the last page. */
  readonly next: number | null;
  /** For `before=`; `null` on the first page. */
  readonly previous: number | null;
}

/** What has become of an invitation. */
export type InvitationState = "open" | "expired" | "accepted" | "withdrawn";

/** An invitation, as admins see it. */
export interface InvitationView {
  readonly invitation_id: number;
  readonly email: string;
  readonly role: Role;
  readonly state: InvitationState;
  readonly invited_by: string;
  readonly created_at: Timestamp;
  readonly expires_at: Timestamp;
  /** When it was accepted or withdrawn. */
  readonly ended_at: Timestamp | null;
}

/** `GET /invitations` as JSON. */
export interface InvitationListView {
  readonly invitations: readonly InvitationView[];
  /** For `after=`; `null` on the last page. */
  readonly next: number | null;
  /** For `before=`; `null` on the first page. */
  readonly previous: number | null;
}

/** An invitation, as the invited person sees it. */
export interface OwnInvitationView {
  readonly email: string;
  readonly invited_by: string;
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

/** A browser in which a user is signed in. */
export interface SessionView {
  readonly session_id: number;
  /** Such as "Firefox on Linux". */
  readonly browser: string;
  /** Address of the last request. */
  readonly ip: string;
  readonly created_at: Timestamp;
  readonly last_seen_at: Timestamp;
  /** Whether the request belongs to it. */
  readonly current: boolean;
}

/** An API key, as its owner and admins see it. Never the key itself. */
export interface ApiKeyView {
  readonly key_id: number;
  readonly name: string;
  /** Its first characters. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly created_at: Timestamp;
  readonly expires_at: Timestamp;
  /** To the minute. `null` if it was never used. */
  readonly last_used_at: Timestamp | null;
  readonly last_ip: string | null;
  readonly expired: boolean;
}

/** `GET /api_keys` as JSON. */
export interface ApiKeysView {
  /** Whose keys they are. */
  readonly user: NamedUser;
  readonly api_keys: readonly ApiKeyView[];
}

/** Something that happened to a user's account, as the user sees it. */
export interface ActivityEvent {
  readonly id: number;
  readonly at: Timestamp;
  /** Name of an action, such as `sign_in`. */
  readonly action: string;
  readonly text: string;
  /** `null` where it is unknown, or another user's. */
  readonly browser: string | null;
  readonly ip: string | null;
  /** Set if the reader can take it back. */
  readonly undo?: UndoTarget;
}

/** `GET /activity` as JSON. */
export interface ActivityView {
  readonly events: readonly ActivityEvent[];
  /** For `after=`; `null` on the last page. */
  readonly next: number | null;
  /** For `before=`; `null` on the first page. */
  readonly previous: number | null;
}

/** A count on one day, or in the week that begins with it (UTC). */
export interface DayCount {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly count: number;
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

/** A field that was changed. */
export interface ChangeView {
  readonly field: string;
  /** Both are `null` if only the change itself is known, as with secrets. */
  readonly before: string | null;
  readonly after: string | null;
}

/** An entry with everything that is known of it. */
export interface AuditEntryView extends AuditView {
  readonly way: "page" | "api_key" | "task";
  /** What its owner calls the API key. */
  readonly api_key: string | null;
  readonly changes: readonly ChangeView[];
  readonly reason: string | null;
  /** What else is known, by name. */
  readonly notes: Readonly<Record<string, string>>;
  readonly request_id: string | null;
  readonly network: string | null;
  readonly browser: string | null;
  /** Set if the reader can take it back. */
  readonly undo?: UndoTarget;
}

/** A page of the audit log, newest first. */
export interface AuditLogView {
  readonly entries: readonly AuditEntryView[];
  /** How long entries are kept, in days, and when old ones were last removed. */
  readonly kept: {
    readonly sign_in_days: number;
    readonly days: number;
    readonly removed_at: Timestamp | null;
  };
  readonly next: number | null;
  readonly previous: number | null;
}

/** The state of an external service. */
export interface ServiceStateView {
  readonly name: string;
  readonly state: "ok" | "off" | "failed";
  readonly detail: string;
}

/** A setting that is in force. */
export interface SettingView {
  readonly name: string;
  /** `null` if it is a secret. A default is Markdown. */
  readonly value: string | null;
  readonly from: "default" | "environment" | ".env" | "file";
  /** As Markdown. */
  readonly meaning: string;
}

/** A rate limit. */
export interface LimitView {
  /** As Markdown. */
  readonly what: string;
  readonly whose: string;
  readonly count: number;
  readonly window_seconds: number;
}

/** `GET /settings`. */
export interface SettingsView {
  readonly services: readonly ServiceStateView[];
  readonly settings: readonly SettingView[];
  readonly limits: readonly LimitView[];
}

/** What the dashboard counts. */
export interface DashboardCounts {
  readonly users: number;
  readonly suspended: number;
  readonly admins: number;
  /** Locked after failed sign-ins. */
  readonly locked: number;
  readonly unconfirmed: number;
  /** Users who have signed in, but not for a long time. */
  readonly dormant: number;
  /** Active admins with neither an authenticator nor a passkey. */
  readonly admins_without_factor: number;
  readonly waiting_emails: number;
  readonly failed_emails: number;
  /** Other work that has failed and is tried again. */
  readonly failed_jobs: number;
}

/** `GET /admin`. */
export interface DashboardView {
  readonly counts: DashboardCounts;
  /** What a bar of the plots is. */
  readonly by: "day" | "week";
  /** Oldest first; the last one is not over. */
  readonly sign_ups: readonly DayCount[];
  readonly sign_ins: readonly DayCount[];
  readonly failed_sign_ins: readonly DayCount[];
  /** Users who have signed in at least once. */
  readonly active_users: readonly DayCount[];
  /** When it was counted. */
  readonly made_at: Timestamp;
  readonly events: readonly AuditView[];
  readonly services: readonly ServiceStateView[];
}
