import type { LogEvent } from "kysely";

/**
 * SQLSTATEs that need handling. Both drivers, `pg` and PGlite, put them in `code`.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNIQUE_VIOLATION = "23505";
const SERIALIZATION_FAILURES = ["40001", "40P01"];
const UNDEFINED_TABLE = "42P01";
/** SQLSTATE of a server that is read-only. */
export const READ_ONLY = "25006";
const DISK_FULL = "53100";
/** A statement, or a wait for a lock, took too long. */
const TIMEOUTS = ["57014", "55P03"];

/** Connection exceptions (class 08), sessions that the server ended, and too many clients. */
const UNREACHABLE_STATES = /^(08...|57P0[1-5]|25P03|53300)$/;
const UNREACHABLE_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
]);
/** Beginnings of messages that have no code of their own. */
const UNREACHABLE_MESSAGES = [
  "Connection terminated",
  "Client has encountered a connection error",
  "timeout exceeded when trying to connect",
  "timeout expired",
  "The embedded database has stopped",
];

/** Error fields in which drivers keep values of the statement or row. */
const FIELDS_WITH_VALUES = ["detail", "where", "params", "parameters"];

/**
 * Removes values from a failed statement's error before anything logs it: they may be password
 * hashes or addresses. For Kysely's `log`.
 */
export function forgetValues(event: LogEvent): void {
  if (event.level !== "error" || !(event.error instanceof Error)) return;
  for (const name of FIELDS_WITH_VALUES) Reflect.deleteProperty(event.error, name);
}

/** Returns the name of the violated unique constraint, if `error` is a unique violation. */
export function violatedConstraint(error: unknown): string | undefined {
  return field(error, "code") === UNIQUE_VIOLATION ? field(error, "constraint") : undefined;
}

/** Whether the transaction lost a conflict with another one and may succeed when run again. */
export function isSerializationFailure(error: unknown): boolean {
  return SERIALIZATION_FAILURES.includes(field(error, "code") ?? "");
}

/** Whether a statement named a table that does not exist (yet). */
export function isUndefinedTable(error: unknown): boolean {
  return field(error, "code") === UNDEFINED_TABLE;
}

/** Whether the server is read-only, such as one that was replaced in a failover. */
export function isReadOnly(error: unknown): boolean {
  return field(error, "code") === READ_ONLY;
}

/** Whether a statement was cancelled because it, or its wait for a lock, took too long. */
export function isTimeout(error: unknown): boolean {
  return TIMEOUTS.includes(field(error, "code") ?? "");
}

/** Why the database cannot do its work for now. */
export type Outage = "unreachable" | "read_only" | "disk_full" | "busy";

/** Returns the outage behind `error`, or `undefined` if trying again would not help. */
export function outageOf(error: unknown): Outage | undefined {
  if (isUnreachable(error)) return "unreachable";
  if (isReadOnly(error)) return "read_only";
  if (field(error, "code") === DISK_FULL) return "disk_full";
  return isTimeout(error) || isSerializationFailure(error) ? "busy" : undefined;
}

/** Whether the database could not be reached, so that trying later may help. */
export function isUnreachable(error: unknown): boolean {
  const code = field(error, "code") ?? "";
  const message = field(error, "message") ?? "";
  return field(error, "syscall") === "connect" || UNREACHABLE_CODES.has(code) ||
    UNREACHABLE_STATES.test(code) ||
    UNREACHABLE_MESSAGES.some((beginning) => message.startsWith(beginning));
}

function field(
  error: unknown,
  name: "code" | "constraint" | "message" | "syscall",
): string | undefined {
  if (!(error instanceof Error) || !(name in error)) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
}
