import type { GeneratedTimestamp, Json } from "./column_types.ts";
import type { BulkAction } from "@/lib/shared/actions.ts";
import type { ColumnType, Generated, GeneratedAlways, Selectable } from "kysely";

/** What kinds of jobs there are; lib/domain/jobs.ts says how each is done. */
export type JobName =
  | "user_created"
  | "user_deleted"
  | "erase_trail"
  | "image"
  | "import_users"
  | "bulk"
  | "user_import"
  | "backup"
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
  source: Json<JobSource>;
  state: Generated<BulkState>;
  /** The users up to this id have had their turn. */
  reached: Generated<number>;
  /** How many of its users are in each state. Counting them at each look at the progress is slow. */
  counts: ColumnType<readonly BulkCount[], string | undefined, string>;
  created_at: GeneratedTimestamp;
  started_at: Date | null;
  ended_at: Date | null;
}

/** How many users of a bulk job are in a state, for a reason. */
export interface BulkCount extends Pick<Selectable<BulkItemsTable>, "state" | "reason"> {
  readonly count: number;
}

/** The request that asked for a bulk job or an import. */
export interface JobSource {
  readonly requestId: string;
  readonly ip: string;
  readonly userAgent: string;
  /** The task of an operator, if it was one. */
  readonly task?: string;
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

/** `leases`: work that only one process does at a time. */
export interface LeasesTable {
  name: string;
  /** After this, another process may take over. */
  expires_at: Date;
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
  /** The admin. No foreign key: they may be deleted meanwhile. 0: an operator. */
  by_id: number;
  source: Json<JobSource>;
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
