import { readForeignHash } from "@/lib/crypto/foreign_hash.ts";
import { NO_PASSWORD } from "@/lib/crypto/phc.ts";
import { cellText } from "@/lib/csv.ts";
import type { Tx } from "@/lib/db/database.ts";
import type { UserImportRowsTable } from "@/lib/db/operation_tables.ts";
import { SUSPENDED_REASON, type TakenAccount } from "@/lib/import/account.ts";
import { takePassword } from "@/lib/import/password.ts";
import { lookOf } from "@/lib/look_alikes.ts";
import { readableAddress } from "@/lib/readable_address.ts";
import {
  findEarlierRows,
  type ImportRow,
  type RowResult,
  type UserImport,
} from "@/lib/repo/user_imports.ts";
import { findTakenKeys, type TakenKeys } from "@/lib/repo/taken_keys.ts";
import { findUsersByEmails, type User } from "@/lib/repo/users.ts";
import { findUserDetails, type UserDetails } from "@/lib/repo/user_details.ts";
import { emailKey, foldKey } from "@/lib/shared/fold.ts";
import { columnOf, PROFILE_FIELDS, type ProfileField } from "@/lib/shared/profile_form.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";
import {
  IMPORT_FIELD_NAMES,
  IMPORT_FIELDS,
  type ImportColumns,
  type ImportField,
} from "@/lib/shared/user_import.ts";
import type { Role, Status } from "@/lib/shared/users.ts";

/** The checked values of a row. Fields without a text are absent. */
interface RowValues {
  readonly email: string;
  readonly username?: string;
  readonly role?: Role;
  readonly status?: Status;
  readonly profile: { readonly [Field in ProfileField]?: string };
  readonly passwordHash?: string;
}

/** What a row asks for: a new user, changes of one, or nothing. */
export type PlannedRow =
  & { readonly result: RowResult }
  & (
    | { readonly does: "nothing" }
    | { readonly does: "add"; readonly values: RowValues & { readonly username: string } }
    | { readonly does: "change"; readonly user: User; readonly values: RowValues }
  );

/**
 * Decides what becomes of rows. A row is about the user who has its address; without one it is a new
 * user. An empty cell changes nothing.
 */
export async function planRows(
  tx: Tx,
  { id: importId, header, columns }: UserImport,
  rows: readonly ImportRow[],
): Promise<PlannedRow[]> {
  const read = rows.map((row) => ({
    row,
    read: row.cells.length > header.length
      ? { fault: "The row has more cells than the header: put texts with separators in quotes" }
      : readRow(columns, row.cells),
  }));
  const wanted = read.flatMap(({ read }) => "values" in read ? [read.values] : []);
  const world = await lookUp(tx, importId, rows[0]?.line ?? 0, wanted);
  return read.map(({ row: { line }, read }) => {
    if ("fault" in read) return refused(line, read.fault);
    const planned = planRow(line, read.values, world);
    return { ...planned, result: { ...planned.result, ...keysOf(read.values) } };
  });
}

/** What is here already, and what earlier rows want. */
interface World {
  readonly users: ReadonlyMap<string, User>;
  readonly details: ReadonlyMap<number, UserDetails>;
  readonly taken: TakenKeys;
  /** Lines by the key of the address, or by the look of the username. */
  readonly lines: Map<string, number>;
}

async function lookUp(
  tx: Tx,
  importId: number,
  line: number,
  wanted: readonly RowValues[],
): Promise<World> {
  const emails = wanted.map(({ email }) => email);
  const usernames = wanted.flatMap(({ username }) => username === undefined ? [] : [username]);
  const users = await findUsersByEmails(tx, emails);
  const details = await findUserDetails(tx, users.map(({ id }) => id));
  const taken = await findTakenKeys(tx, usernames, []);
  const earlier = {
    email: await findEarlierRows(tx, importId, "email_key", { line, keys: emails.map(emailKey) }),
    name: await findEarlierRows(tx, importId, "name_look", { line, keys: usernames.map(lookOf) }),
  };
  const lines = new Map(
    Object.entries(earlier)
      .flatMap(([what, rows]) => rows.map(({ key, line }) => [`${what} ${key}`, line] as const)),
  );
  return { users: new Map(users.map((user) => [user.email_key, user])), details, taken, lines };
}

function planRow(line: number, values: RowValues, world: World): PlannedRow {
  const { email_key, name_look } = keysOf(values);
  for (const key of [`email ${email_key}`, ...(name_look ? [`name ${name_look}`] : [])]) {
    const other = world.lines.get(key);
    const what = key.startsWith("email") ? "address" : "username, or one that looks like it";
    if (other !== undefined) return refused(line, `Line ${other} has the same ${what}`);
    world.lines.set(key, line);
  }
  const user = world.users.get(email_key);
  return user ? planChange(line, user, values, world) : planNew(line, values, world.taken);
}

function planNew(line: number, values: RowValues, taken: TakenKeys): PlannedRow {
  const { username } = values;
  if (username === undefined) return refused(line, "A new user needs a username");
  const fault = nameFault(username, taken);
  if (fault) return refused(line, fault);
  const link = values.passwordHash === undefined ? "wanted" as const : null;
  const result = { line, outcome: "new" as const, reason: "", link };
  return { does: "add", values: { ...values, username }, result };
}

function planChange(line: number, user: User, values: RowValues, world: World): PlannedRow {
  const { username } = values;
  for (const field of ["role", "status"] as const) {
    if (values[field] === undefined || values[field] === user[field]) continue;
    return refused(line, `The ${field} of a user who is here is changed on the user's page`);
  }
  const renames = username !== undefined && username !== user.username;
  if (renames) {
    // The user's own name does not stand in the way of another spelling of it.
    const others = withoutOwn(world.taken, user);
    const fault = nameFault(username, others);
    if (fault) return refused(line, fault);
  }
  const profile = world.details.get(user.id)?.profile;
  const fields = PROFILE_FIELDS.filter((field) => {
    const wished = values.profile[field];
    return wished !== undefined && wished !== (profile?.[columnOf(field)] ?? "");
  });
  const changed: ImportField[] = [...(renames ? ["username" as const] : []), ...fields];
  if (changed.length === 0) {
    return { does: "nothing", result: { line, outcome: "same", reason: "" } };
  }
  const reason = changed.map((field) => IMPORT_FIELDS[field].label).join(", ");
  const wishes = Object.fromEntries(fields.map((field) => [field, values.profile[field]]));
  return {
    does: "change",
    user,
    values: { email: user.email, ...(renames && { username }), profile: wishes },
    result: { line, outcome: "changed", reason },
  };
}

function withoutOwn({ usernames, looks, emails }: TakenKeys, user: User): TakenKeys {
  const without = (keys: ReadonlySet<string>, own: string) =>
    new Set([...keys].filter((key) => key !== own));
  return {
    usernames: without(usernames, user.username_key),
    looks: without(looks, user.username_look ?? user.username_key),
    emails,
  };
}

function nameFault(username: string, { usernames, looks }: TakenKeys): string | undefined {
  const checked = registerForm.username.read(username);
  if ("error" in checked) return `Username: ${checked.error}`;
  if (usernames.has(foldKey(username))) return "Somebody has this username already";
  if (looks.has(lookOf(username))) return "Somebody has a username that looks like this one";
}

function refused(line: number, reason: string): PlannedRow {
  return { does: "nothing", result: { line, outcome: "refused", reason } };
}

function keysOf({ email, username }: RowValues) {
  return {
    email_key: emailKey(email),
    ...(username !== undefined && { name_look: lookOf(username) }),
  };
}

type Read = { readonly values: RowValues } | { readonly fault: string };

function readRow(columns: ImportColumns, cells: UserImportRowsTable["cells"]["__select__"]): Read {
  const values: Partial<Record<ImportField, string>> = {};
  const faults: string[] = [];
  for (const field of IMPORT_FIELD_NAMES) {
    const index = columns[field];
    const text = index === undefined ? "" : cellText(cells[index] ?? "").trim();
    if (text === "" && field !== "email") continue;
    const checked = IMPORT_FIELDS[field].read(text);
    if ("error" in checked) faults.push(`${IMPORT_FIELDS[field].label}: ${checked.error}`);
    else values[field] = String(checked.value ?? "");
  }
  const { email = "", username, role, status, password_hash, contact_email, ...profile } = values;
  const passwordHash = password_hash === undefined ? undefined : hashOf(password_hash);
  if (password_hash !== undefined && passwordHash === undefined) {
    faults.push("Password hash: of no sort that can be imported, leave the cell empty");
  }
  if (faults.length > 0) return { fault: faults.join("; ") };
  return {
    values: {
      email: readableAddress(email),
      ...(username !== undefined && { username }),
      ...(role !== undefined && { role: role as Role }),
      ...(status !== undefined && { status: status as Status }),
      profile: {
        ...profile,
        ...(contact_email !== undefined && { contact_email: readableAddress(contact_email) }),
      },
      ...(passwordHash !== undefined && { passwordHash }),
    },
  };
}

function hashOf(text: string): string | undefined {
  return readForeignHash(text) ?? takePassword(text);
}

/** Returns the account that a row wants. */
export function accountOf(
  { email, role = "user", status = "active", passwordHash = NO_PASSWORD }: RowValues,
): TakenAccount {
  const now = new Date();
  return {
    email,
    password_hash: passwordHash,
    role,
    status,
    status_reason: status === "suspended" ? SUSPENDED_REASON : null,
    failed_logins: 0,
    email_verified_at: null,
    last_login_at: null,
    created_at: now,
    updated_at: now,
  };
}
