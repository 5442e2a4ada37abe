import { cellOf, type Cells, keyOf } from "./cells.ts";

/** A row and its name in the report. */
export interface SourceRow {
  /** Its id, or the number of the row if it has none. */
  readonly id: string;
  readonly cells: Cells;
}

/** A user of the old installation with all profiles that name them, lowest id first. */
export interface SourceUser extends SourceRow {
  readonly profiles: readonly SourceRow[];
}

/** A profile without exactly one owner. */
export interface StrayProfile extends SourceRow {
  readonly reason: string;
}

/** The content of an old installation. */
export interface Source {
  readonly users: readonly SourceUser[];
  readonly strays: readonly StrayProfile[];
}

/** A file that cannot be read as an old installation. The message says what to do. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/**
 * Gives each profile to the user whose id it names. If no user or several users have that id, it
 * stays separate.
 */
export function joinProfiles(userCells: readonly Cells[], profileCells: readonly Cells[]): Source {
  const profiles = toRows(profileCells);
  const byUser = Map.groupBy(profiles, ({ cells }) => userKeyOf(cells));
  const users = toRows(userCells);
  const counts = Map.groupBy(users, ({ cells }) => keyOf(cellOf(cells, "id")));
  const owner = (key: string | undefined) => key !== undefined && counts.get(key)?.length === 1;
  return {
    users: users.map((user) => {
      const key = keyOf(cellOf(user.cells, "id"));
      return { ...user, profiles: owner(key) ? byUser.get(key) ?? [] : [] };
    }),
    strays: profiles.filter(({ cells }) => !owner(userKeyOf(cells)))
      .map((profile) => ({ ...profile, reason: strayReason(profile.cells, counts) })),
  };
}

/** Numbers rows and sorts them by id. */
export function toRows(rows: readonly Cells[]): SourceRow[] {
  return rows
    .map((cells, index) => ({ id: keyOf(cellOf(cells, "id")) ?? `row ${index + 1}`, cells }))
    .sort((a, b) => compareIds(a.id, b.id));
}

const BY_NUMBER = new Intl.Collator("en", { numeric: true });

/** Compares ids, which are nearly always numbers: 9 comes before 10. */
export function compareIds(a: string, b: string): number {
  return BY_NUMBER.compare(a, b);
}

function userKeyOf(cells: Cells): string | undefined {
  return keyOf(cellOf(cells, "user", "user_id"));
}

function strayReason(cells: Cells, users: ReadonlyMap<string | undefined, unknown[]>): string {
  const key = userKeyOf(cells);
  if (key === undefined) return "The profile names no user";
  return users.has(key)
    ? `The profile names user ${key}, but several users have this id`
    : `The profile names user ${key}, who does not exist`;
}
