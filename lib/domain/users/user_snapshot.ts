import type { JsonColumns, UserColumns } from "@/lib/db/operation_tables.ts";
import type { Factors } from "@/lib/repo/factors.ts";
import type { NewUser, User } from "@/lib/repo/users.ts";
import type { NewUserProfile, UserProfile } from "@/lib/repo/user_profiles.ts";
import type { Labels } from "./labels.ts";
import { columnOf, profileColumns } from "@/lib/shared/profile_form.ts";

/** What a snapshot keeps of a user. */
interface Kept {
  readonly user: User;
  readonly profile: UserProfile | undefined;
  readonly labels: Labels;
  readonly factors: Factors;
}

/** Returns what `deleted_users` keeps of a user, as JSON. */
export function snapshotOf({ user, profile, labels, factors }: Kept): Record<string, unknown> {
  return { user, profile, labels, factors };
}

/** What there is to insert for the user of a snapshot. */
export interface RestoredRows {
  readonly account: NewUser;
  readonly profile: Omit<NewUserProfile, "user_id">;
  readonly labels: Labels;
  readonly factors: Factors | undefined;
}

/**
 * Returns the rows to insert for the user of a snapshot. It has no microseconds of times: `before`,
 * the columns that the undo log keeps, has them, and those that are otherwise made anew.
 */
export function fromSnapshot(
  snapshot: Record<string, unknown>,
  before: UserColumns | undefined,
): RestoredRows {
  const { user, profile, labels = { tags: [], notes: [] }, factors } =
    snapshot as unknown as Stored;
  const account = { ...accountOf(user), ...exactly(user, before?.account) };
  return {
    factors,
    account,
    labels,
    profile: profile === undefined ? { email: account.email } : {
      ...profileColumns((field) => profile[columnOf(field)]),
      image: profile.image,
      ...exactly(profile, before?.profile),
    } satisfies Record<Exclude<keyof UserProfile, MadeAnew | "created_at">, unknown>,
  };
}

/** Columns that are not there any more are not in snapshots. Versions are those of newer rows. */
function exactly(row: object, before: JsonColumns = {}): JsonColumns {
  const columns = Object.entries(before).filter(([name]) => name in row);
  const { version } = before;
  return {
    ...Object.fromEntries(columns),
    ...(version !== undefined && { version: Number(version) + 1 }),
  };
}

/** Columns that are not restored. The compiler reports any other column that is missing above. */
type MadeAnew = "user_id" | "updated_at" | "version";

/** Columns of `users` that are not restored. */
const MADE_ANEW: ReadonlySet<string> = new Set<keyof User>([
  "username_key",
  "username_look",
  "email_key",
  "new_email",
  "failed_logins",
  "locked_until",
  "updated_at",
  "version",
]);

/**
 * Returns all other columns, including ones added later. Databases accept times as JSON writes
 * them.
 */
function accountOf(user: Json<User>): NewUser {
  const kept = Object.entries(user).filter(([name]) => !MADE_ANEW.has(name));
  return Object.fromEntries(kept) as unknown as NewUser;
}

/** A row after a round trip through JSON, which has no dates. */
type Json<T> = {
  [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null
  : T[K];
};

interface Stored {
  readonly user: Json<User>;
  readonly profile?: Json<UserProfile>;
  /** Absent in snapshots of older versions, as are the factors. */
  readonly labels?: Labels;
  readonly factors?: Factors;
}
