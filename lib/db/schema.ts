import type { ColumnType, Generated, GeneratedAlways } from "kysely";
import type { BulkAction } from "@/lib/shared/actions.ts";
import type { Scope } from "@/lib/shared/api_keys.ts";
import type { Proof } from "@/lib/shared/second_factor.ts";
import type { OneTimeKind } from "@/lib/shared/one_time.ts";
import type { Role, Status } from "@/lib/shared/users.ts";

/** A `timestamptz` that the database fills in unless told otherwise. */
type GeneratedTimestamp = ColumnType<Date, Date | undefined, Date>;

/** A `jsonb` column: read as a value, written as JSON text. */
type Json<T> = ColumnType<T, string, string>;

/** `users`: one row per account. */
export interface UsersTable {
  id: Generated<number>;
  username: string;
  /** What {@linkcode foldKey} makes of the username; unique. */
  username_key: string;
  /**
   * The {@linkcode lookOf} of the username if that differs from its key, else `null`. Unique among
   * looks and keys.
   */
  username_look: string | null;
  email: string;
  /** What {@linkcode foldKey} makes of the address; unique. */
  email_key: string;
  /** The address that the user wants instead, until it is confirmed. */
  new_email: string | null;
  /** PHC string: algorithm, parameters, salt and hash. */
  password_hash: string;
  role: Generated<Role>;
  status: Generated<Status>;
  status_reason: string | null;
  /** `null` if the suspension has no end. */
  suspended_until: Date | null;
  failed_logins: Generated<number>;
  locked_until: Date | null;
  email_verified_at: Date | null;
  last_login_at: Date | null;
  created_at: GeneratedTimestamp;
  updated_at: GeneratedTimestamp;
  version: Generated<number>;
}

/** `former_usernames`: earlier names, with which users sign in until somebody registers them. */
export interface FormerUsernamesTable {
  /** What {@linkcode foldKey} makes of the name. */
  name_key: string;
  user_id: number;
}

/**
 * `held_usernames`: names that somebody has asked for at registration, whether or not an account
 * came of it, until the address is confirmed or the registration ends.
 */
export interface HeldUsernamesTable {
  id: GeneratedAlways<number>;
  /** What {@linkcode foldKey} makes of the name; unique. */
  username_key: string;
  /** The {@linkcode lookOf} of the name; unique. */
  look: string;
  /** The account; `null` if the address had one already. */
  user_id: number | null;
  created_at: GeneratedTimestamp;
}

/**
 * `user_profiles`: what users say about themselves. The post-commit hooks add and remove the rows.
 */
export interface UserProfilesTable {
  user_id: number;
  full_name: Generated<string>;
  bio: Generated<string>;
  address: Generated<string>;
  zipcode: Generated<string>;
  phone: Generated<string>;
  email: Generated<string>;
  website: Generated<string>;
  /** URL of the avatar; `null` shows the initials. */
  image: string | null;
  created_at: GeneratedTimestamp;
  updated_at: GeneratedTimestamp;
  version: Generated<number>;
}

/** `user_search`: what a search looks at, see lib/shared/search.ts. */
export interface UserSearchTable {
  user_id: number;
  /** Folded words of username, address and full name. */
  text: string;
  /** Hashes of its runs of three characters. */
  grams: readonly number[];
}

/** `user_tags`: words by which admins find users. */
export interface UserTagsTable {
  user_id: number;
  /** As {@linkcode foldKey} writes it. */
  tag: string;
}

/** `user_notes`: what admins write about a user. */
export interface UserNotesTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** `null` for an operator's task. No foreign key: the note outlives its author. */
  author_id: number | null;
  text: string;
  at: GeneratedTimestamp;
}

/** `sessions`: one row per signed-in browser. */
export interface SessionsTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** SHA-256 of the token, in hex; the token itself is only in the cookie. */
  token_hash: string;
  ip: string;
  user_agent: string;
  created_at: GeneratedTimestamp;
  last_seen_at: GeneratedTimestamp;
  /** When the user was last proven, by which they may change how they sign in. */
  proven_at: GeneratedTimestamp;
  proven_by: Generated<Proof>;
  /**
   * The path that a proof at `/step_up` leads to, empty if to none. `null` if the last proof was a
   * sign-in.
   */
  proven_for: string | null;
  /** As whom its user, an admin, sees the application. `null` if that user was deleted. */
  viewing_user_id: number | null;
  /** When that ends. `null` while the user is nobody else. */
  viewing_until: Date | null;
}

/** `devices`: browsers that have signed in, one row per browser and user. */
export interface DevicesTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** SHA-256 of the token in the browser's cookie, in hex. */
  token_hash: string;
  /** Such as "Firefox on Linux". */
  browser: string;
  /** Address of the last sign-in. */
  ip: string;
  /** Failed sign-ins since the last successful one. At the limit the browser is as a stranger's. */
  failed_logins: Generated<number>;
  first_login_at: GeneratedTimestamp;
  last_login_at: GeneratedTimestamp;
  /** Until when no code is asked for here. `null` if it always is. */
  trusted_until: Date | null;
}

/** `api_keys`: keys by which programs act as a user. */
export interface ApiKeysTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** What its owner calls it. */
  name: string;
  /** Its first characters, by which the owner recognises it. */
  prefix: string;
  /** SHA-256 of the whole key, in hex; only its owner has the key itself. */
  token_hash: string;
  scopes: Scope[];
  created_at: GeneratedTimestamp;
  expires_at: Date;
  /** Written at most once a minute. */
  last_used_at: Date | null;
  /** Address of the last use. */
  last_ip: string | null;
}

/** What kinds of jobs there are; lib/domain/jobs.ts says how each is done. */
export type JobName =
  | "user_created"
  | "user_deleted"
  | "erase_trail"
  | "image"
  | "import_users"
  | "bulk"
  | "user_import"
  | "letter";

/** `jobs`: what is done after the commit; a row goes when its work is done. */
export interface JobsTable {
  id: GeneratedAlways<number>;
  kind: JobName;
  /** Whom it is about. No foreign key: the row outlives the user. */
  user_id: number | null;
  /** What it is about; unique within the kind. */
  subject: string | null;
  /** What else the kind needs to know. */
  payload: Json<Record<string, unknown>> | null;
  /** Counts every wish about the subject, so that none is lost while another is carried out. */
  revision: Generated<number>;
  created_at: GeneratedTimestamp;
  /** Not before this time. */
  run_at: GeneratedTimestamp;
  /** Attempts that failed. */
  attempts: Generated<number>;
  /** Until then one process works on it. */
  leased_until: Date | null;
  /** From then on it is of no use: it is not done any more, and removed. */
  expires_at: Date | null;
  /** Why the last attempt failed. */
  last_error: string | null;
}

/**
 * `audit_events`: who did what to whom. Rows are only ever added. Of an erased user they keep the
 * number.
 */
export interface AuditEventsTable {
  id: GeneratedAlways<number>;
  at: GeneratedTimestamp;
  request_id: string | null;
  /** `null` for anonymous callers and tasks. */
  actor_id: number | null;
  /** A username, `anonymous` or `task NAME`, as it was at the time. */
  actor_name: string;
  /** The admin who viewed as the actor, if one did. */
  real_actor_id: number | null;
  /** Their username at the time. */
  real_actor_name: string | null;
  action: string;
  target_id: number | null;
  target_name: string | null;
  ip: string | null;
  /** Such as "Firefox on Linux"; `null` for tasks. */
  browser: string | null;
  details: Json<Record<string, unknown>>;
}

/** Columns of a row as JSON has them, which keeps the microseconds of times. */
export type JsonColumns = Readonly<Record<string, unknown>>;

/** Columns of a user's rows in `users` and `user_profiles`. Never a secret. */
export interface UserColumns {
  readonly account: JsonColumns;
  readonly profile: JsonColumns;
}

/** `undo_log`: what it takes to take an action back, for a while. */
export interface UndoLogTable {
  /** The entry of the action in `audit_events`. */
  entry: number;
  /** No foreign key: the row outlives the user. */
  user_id: number;
  action: string;
  at: GeneratedTimestamp;
  /** The columns that the action changed, as they were before it. */
  before: Json<UserColumns>;
  /** The same columns after it. Without any if it deleted the user. */
  after: Json<UserColumns>;
  undone_at: Date | null;
}

/**
 * `audit_salts`: for each sealed entry the salts of its parts, 16 bytes each. In the place of an
 * erased part the hash is left, 32 bytes.
 */
export interface AuditSaltsTable {
  event_id: number;
  actor: Uint8Array;
  real_actor: Uint8Array;
  target: Uint8Array;
  details: Uint8Array;
  origin: Uint8Array;
}

/** `audit_seals`: hashes over entries of the audit trail. Rows are only ever added. */
export interface AuditSealsTable {
  id: GeneratedAlways<number>;
  sealed_at: Date;
  /** Until then all entries were sealed. `null` if there were more than one seal takes. */
  complete_at: Date | null;
  /** The greatest number of an entry in this seal and those before. */
  last_id: number;
  /** No entry of an honest server can still come with this number or a smaller one. */
  settled_id: number;
  /** Number, time, kind and hash of each entry: see lib/repo/audit_seals.ts. */
  entries: Uint8Array;
  /** SHA-256 over the seal before and this one. */
  hash: Uint8Array;
}

/** How far a bulk job is. `stopped`: its admin may no longer do it. */
export type BulkState = "preview" | "running" | "cancelled" | "stopped" | "done";

/** `bulk_jobs`: actions on many users. */
export interface BulkJobsTable {
  id: GeneratedAlways<number>;
  /** `undo` takes back what another job has done. */
  action: BulkAction | "undo";
  /** The fields of the action's form. */
  input: Json<Readonly<Record<string, string>>>;
  /** The job that it takes back. */
  undoes: number | null;
  /** The admin for whom it is done. */
  by_id: number;
  source: Json<BulkSource>;
  state: Generated<BulkState>;
  /** The users up to this id have had their turn. */
  reached: Generated<number>;
  created_at: GeneratedTimestamp;
  started_at: Date | null;
  ended_at: Date | null;
}

/** The request that asked for a bulk job. */
export interface BulkSource {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string;
  /** The API key, if it was one. */
  readonly apiKey?: { readonly id: number; readonly name: string };
}

/** `bulk_items`: the users of a bulk job, and what became of each. */
export interface BulkItemsTable {
  job_id: number;
  user_id: number;
  state: Generated<"waiting" | "done" | "left_out" | "failed">;
  /** Why the user was left out: the code of a rule, or `already_so`. */
  reason: string | null;
  /** The entry of the audit trail that can be taken back, or that the job takes back. */
  entry: number | null;
}

/** `deleted_users`: what it takes to restore a deleted user, until it is purged. */
export interface DeletedUsersTable {
  user_id: number;
  username: string;
  email: string;
  /** The rows of `users` and `user_profiles` as they were. */
  snapshot: Json<Record<string, unknown>>;
  deleted_at: GeneratedTimestamp;
  deleted_by: string;
  /** `null` if it was no user, but an operator's task. */
  deleted_by_id: number | null;
}

/** `one_time_tokens`: links and codes that nobody has used yet. */
export interface OneTimeTokensTable {
  id: GeneratedAlways<number>;
  kind: OneTimeKind;
  user_id: number | null;
  /** The deleted user whom it brings back. */
  deleted_user_id: number | null;
  /** The address that it was sent to, which using it proves. */
  email: string;
  /** SHA-256 of the link's token, in hex. */
  token_hash: string;
  /** Hash of the code that may be typed instead of opening the link. */
  code_hash: string | null;
  code_expires_at: Date | null;
  /** Wrong codes so far. */
  tries: Generated<number>;
  /** The password that using it sets, as a PHC string. */
  password_hash: string | null;
  created_at: GeneratedTimestamp;
  expires_at: Date;
}

/** `invitations`: who may make an account by a mailed link. */
export interface InvitationsTable {
  id: GeneratedAlways<number>;
  email: string;
  /** What {@linkcode emailKey} makes of the address; unique among the rows that have not ended. */
  email_key: string;
  /** The role of the new account. */
  role: Role;
  /** The admin whose right it is based on; `null` for an operator. */
  invited_by: number | null;
  /** Whom to ask. */
  invited_by_name: string;
  /**
   * SHA-256 of the token in the newest link, in hex; `null` until one is made. It stays after the
   * end, so that a late visitor learns whom to ask.
   */
  token_hash: string | null;
  /** Counts the links. An e-mail that waits for an earlier one is not sent. */
  revision: Generated<number>;
  created_at: GeneratedTimestamp;
  expires_at: Date;
  accepted_at: Date | null;
  /** The user who came of it. */
  accepted_by: number | null;
  withdrawn_at: Date | null;
}

/** `second_factors`: the authenticators of users. */
export interface SecondFactorsTable {
  user_id: number;
  /** Encrypted. `null` if none is turned on. */
  secret: string | null;
  /** Encrypted: the secret of a setup that was begun. */
  new_secret: string | null;
  /** The last step whose code was taken, see lib/crypto/totp.ts. */
  used_step: Generated<number>;
  /** Wrong codes in a row. */
  wrong_codes: Generated<number>;
  /** Until then no code is taken. */
  locked_until: Date | null;
  turned_on_at: Date | null;
  /** When the user said that the recovery codes are stored. */
  codes_stored_at: Date | null;
}

/** `passkeys`: what users may sign in with instead of a password. */
export interface PasskeysTable {
  id: GeneratedAlways<number>;
  user_id: number;
  /** What its authenticator calls it, in base64url. */
  credential_id: string;
  /** COSE key in base64url, see lib/crypto/passkeys.ts. */
  public_key: string;
  /** Uses so far as its authenticator counts them. 0 if it does not. */
  counter: number;
  /** How its authenticator is reached: words with a comma between them. */
  transports: string;
  /** As its user calls it. */
  name: string;
  /** Whether it is on other devices of its user, too. */
  synced: boolean;
  created_at: GeneratedTimestamp;
  last_used_at: Date | null;
}

/** `recovery_codes`: codes that work once in the place of an authenticator. */
export interface RecoveryCodesTable {
  user_id: number;
  code_hash: string;
}

/**
 * Where the bytes of an avatar's file are kept: `stored` in the database, `waiting` for the FTP
 * server, or `sent` there, with a copy in the database.
 */
export type ImageState = "stored" | "waiting" | "sent";

/** `images`: the files of avatars; those that only the FTP server has are not in it. */
export interface ImagesTable {
  /** `KEY.webp` or `KEY-96.webp`; KEY is the SHA-256 of the large file. */
  name: string;
  bytes: Uint8Array;
  state: Generated<ImageState>;
  /** Since when it is in this state. */
  changed_at: GeneratedTimestamp;
}

/**
 * `named_images`: a view of every avatar that a profile names, including profiles of deleted users.
 */
export interface NamedImagesView {
  user_id: number;
  /** URL, as `user_profiles.image` has it. */
  image: string | null;
}

/** What a figure counts: a day or a week, or what is there now. */
export type FigurePeriod = "day" | "week" | "now";

/** `figures`: counts that the dashboard shows, and one process keeps. */
export interface FiguresTable {
  /** What is counted, see lib/repo/figures.ts. */
  name: string;
  period: FigurePeriod;
  /** First day of the period in UTC. */
  start: ColumnType<Date, string, string>;
  count: number;
  made_at: GeneratedTimestamp;
}

/** `dormancy_warnings`: who is suspended unless they sign in. */
export interface DormancyWarningsTable {
  user_id: number;
  /** When the first e-mail was written. Ignored if the user has signed in since. */
  warned_at: GeneratedTimestamp;
  /** When the second one was. */
  reminded_at: Date | null;
}

/** `open_users`: which admins and support have the page of which user open. */
export interface OpenUsersTable {
  user_id: number;
  viewer_id: number;
  opened_at: GeneratedTimestamp;
  /** When the page was last loaded. */
  seen_at: GeneratedTimestamp;
}

/** `user_views`: queries of the user list, with the names that their owners gave them. */
export interface UserViewsTable {
  id: GeneratedAlways<number>;
  owner_id: number;
  /** Unique among those of the owner. */
  name: string;
  /** As in the URL, without a page. */
  query: string;
  saved_at: GeneratedTimestamp;
}

/** `leases`: work that only one process does at a time. */
export interface LeasesTable {
  name: string;
  /** After this, another process may take over. */
  expires_at: Date;
}

/** `rate_limits`: the rate limits of all processes. */
export interface RateLimitsTable {
  /** SHA-256 of the limit's name and whose it is, in hex: no address is stored. */
  key: string;
  /** When the whole allowance is there again. */
  full_at: Date;
}

/** What an import of users does, or waits for. */
export type ImportState =
  | "columns"
  | "checking"
  | "checked"
  | "running"
  | "done"
  | "inviting"
  | "invited"
  | "cancelled";

/** `user_imports`: files of users that admins have uploaded. They go after a day. */
export interface UserImportsTable {
  id: GeneratedAlways<number>;
  /** The admin. No foreign key: they may be deleted meanwhile. */
  by_id: number;
  /** Where the admin sent it from, for the audit trail. */
  source: Json<{ readonly requestId: string; readonly ip: string; readonly userAgent: string }>;
  header: Json<string[]>;
  /** The column of each field, counted from 0. */
  columns: Json<Record<string, number>>;
  state: ImportState;
  created_at: GeneratedTimestamp;
}

/** What became of a row of a file, or would. */
export type ImportOutcome = "unread" | "new" | "changed" | "same" | "refused" | "added" | "updated";

/** `user_import_rows`: the rows of these files. */
export interface UserImportRowsTable {
  import_id: number;
  line: number;
  cells: Json<string[]>;
  outcome: Generated<ImportOutcome>;
  /** Why it is refused, or what changes. */
  reason: Generated<string>;
  /** The keys of address and username, to find rows about the same user. */
  email_key: string | null;
  name_look: string | null;
  /** Whether a link for a first password is wanted: `wanted` or `sent`. */
  link: "wanted" | "sent" | null;
}

/** All tables, as Kysely sees them. */
export interface Database {
  users: UsersTable;
  former_usernames: FormerUsernamesTable;
  held_usernames: HeldUsernamesTable;
  user_profiles: UserProfilesTable;
  user_search: UserSearchTable;
  user_tags: UserTagsTable;
  user_notes: UserNotesTable;
  sessions: SessionsTable;
  devices: DevicesTable;
  api_keys: ApiKeysTable;
  jobs: JobsTable;
  audit_events: AuditEventsTable;
  undo_log: UndoLogTable;
  audit_salts: AuditSaltsTable;
  audit_seals: AuditSealsTable;
  bulk_jobs: BulkJobsTable;
  bulk_items: BulkItemsTable;
  deleted_users: DeletedUsersTable;
  one_time_tokens: OneTimeTokensTable;
  invitations: InvitationsTable;
  second_factors: SecondFactorsTable;
  recovery_codes: RecoveryCodesTable;
  passkeys: PasskeysTable;
  images: ImagesTable;
  named_images: NamedImagesView;
  figures: FiguresTable;
  dormancy_warnings: DormancyWarningsTable;
  open_users: OpenUsersTable;
  user_views: UserViewsTable;
  leases: LeasesTable;
  rate_limits: RateLimitsTable;
  user_imports: UserImportsTable;
  user_import_rows: UserImportRowsTable;
}
