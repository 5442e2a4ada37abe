import type { ProfileValues } from "./profile_form.ts";
import type { Role, Status } from "./users.ts";
import type { AuditView, Timestamp, UndoTarget } from "./views.ts";

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

/** A count on one day, or in the week that begins with it (UTC). */
export interface DayCount {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly count: number;
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
  /** Up to which time entries were looked through, if that took too long to fill the page. */
  readonly searched_to: Timestamp | null;
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

/** A backup file. */
export interface BackupFileView {
  readonly name: string;
  readonly bytes: number;
  readonly made_at: Timestamp;
}

/** The last backup, as it was when it was made. */
export interface BackupView extends BackupFileView {
  readonly users: number;
  /** Avatars that profiles name, but that are nowhere. */
  readonly missing_pictures: number;
}

/** The backups that the server makes. */
export interface BackupsView {
  /** `null` if they are off. */
  readonly folder: string | null;
  readonly kept: number;
  readonly next_at: Timestamp | null;
  readonly is_running: boolean;
  /** Why none is made, or what is wrong with the last one: a sentence. */
  readonly problem: string | null;
  readonly last: BackupView | null;
  /** All of the folder, newest first. */
  readonly files: readonly BackupFileView[];
}

/** `GET /settings`. */
export interface SettingsView {
  readonly services: readonly ServiceStateView[];
  readonly backups: BackupsView;
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
