import type { GeneratedTimestamp, Json } from "./column_types.ts";
import type {
  AuditEventsTable,
  AuditSaltsTable,
  AuditSealsTable,
  BulkItemsTable,
  BulkJobsTable,
  DormancyWarningsTable,
  FiguresTable,
  ImagesTable,
  JobsTable,
  LeasesTable,
  NamedImagesView,
  UndoLogTable,
  UserImportRowsTable,
  UserImportsTable,
} from "./operation_tables.ts";
import type {
  ApiKeysTable,
  DevicesTable,
  InvitationsTable,
  OneTimeTokensTable,
  PasskeysTable,
  RateLimitsTable,
  RecoveryCodesTable,
  SecondFactorsTable,
  SessionsTable,
} from "./sign_in_tables.ts";
import type { Role, Status } from "@/lib/shared/users.ts";
import type { Generated, GeneratedAlways } from "kysely";

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
