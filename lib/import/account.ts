import { readableAddress } from "@/lib/readable_address.ts";
import type { Role, Status } from "@/lib/shared/users.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";
import { cellOf, type Cells, remarksOnTexts, textOf, timeOf, wholeOf } from "./cells.ts";
import { NO_PASSWORD } from "@/lib/crypto/phc.ts";
import { takePassword } from "./password.ts";

/** An account that will be imported. Its username is chosen last, when all others are known. */
export interface TakenAccount {
  readonly email: string;
  readonly password_hash: string;
  readonly role: Role;
  readonly status: Status;
  readonly status_reason: string | null;
  readonly failed_logins: number;
  readonly email_verified_at: Date | null;
  readonly last_login_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/**
 * An imported account with remarks on what was changed, or the reason why it cannot be imported.
 */
export type AccountOutcome =
  | { readonly ok: true; readonly account: TakenAccount; readonly remarks: readonly string[] }
  | { readonly ok: false; readonly reason: string };

/** Reason for suspensions that the old installation already had. */
export const SUSPENDED_REASON = "Suspended before the import";

const UNKNOWN_STATUS_REASON = "The imported status is unknown";

/** Largest `integer` of PostgreSQL. */
const MAX_FAILED_LOGINS = 2 ** 31 - 1;

/**
 * Reads an account. Without an e-mail address it cannot be imported: nobody could sign in, and
 * addresses are not made up.
 *
 * @param now replaces missing dates
 */
export function takeAccount(cells: Cells, now: Date): AccountOutcome {
  const text = textOf(cellOf(cells, "email"));
  const email = registerForm.email.read(text);
  if ("error" in email) return { ok: false, reason: addressFault(cells, text) };
  const remarks: string[] = [];
  if (text !== text.trim()) remarks.push("email: spaces around it were removed");
  const password_hash = takePassword(cellOf(cells, "password"));
  if (password_hash === undefined) {
    remarks.push("password: none that can be imported, it has to be set again");
  }
  remarks.push(
    ...remarksOnTexts(cells, ["username", "email", "role", "status"]),
    ...remarksOnTimes(cells),
  );
  const created_at = timeOf(cellOf(cells, "date_created")) ?? now;
  return {
    ok: true,
    remarks,
    account: {
      email: readableAddress(email.value),
      password_hash: password_hash ?? NO_PASSWORD,
      role: takeRole(cells, remarks),
      ...takeStatus(cells, remarks),
      failed_logins: takeFailedLogins(cells),
      email_verified_at: wholeOf(cellOf(cells, "verified_email")) === 1 ? created_at : null,
      last_login_at: timeOf(cellOf(cells, "last_login_at")) ?? null,
      created_at,
      updated_at: timeOf(cellOf(cells, "date_modified")) ?? created_at,
    },
  };
}

const TIMES = ["date_created", "date_modified", "last_login_at"];

/** Reports times that cannot be read: 10/03 is October in one country and March in another. */
function remarksOnTimes(cells: Cells): string[] {
  return TIMES.flatMap((column) => {
    const text = textOf(cellOf(cells, column)).trim();
    return text === "" || timeOf(text) !== undefined
      ? []
      : [`${column}: left out, ${JSON.stringify(text)} is not a time such as 2024-03-10 14:00`];
  });
}

function addressFault(cells: Cells, text: string): string {
  if (text.trim() !== "") return `${JSON.stringify(text)} is not an e-mail address`;
  const provider = ["github", "twitter"].find((name) => textOf(cellOf(cells, `oauth_${name}`)));
  return provider === undefined
    ? "The account has no e-mail address"
    : `The account has no e-mail address: its user signed in through ${provider}`;
}

/** Reads a role. Anything unclear becomes a plain user. */
function takeRole(cells: Cells, remarks: string[]): Role {
  const text = textOf(cellOf(cells, "role")).trim().toLowerCase();
  if (text === "admin" || wholeOf(text) === 1) return "admin";
  if (text !== "" && text !== "user" && wholeOf(text) !== 2) {
    remarks.push(`role: ${JSON.stringify(text)} is unknown, the account is a plain user's`);
  }
  return "user";
}

/** Reads a status. Anything unclear becomes suspended, but no status at all is active. */
function takeStatus(
  cells: Cells,
  remarks: string[],
): Pick<TakenAccount, "status" | "status_reason"> {
  const text = textOf(cellOf(cells, "status")).trim().toLowerCase();
  if (text === "" || text === "active" || wholeOf(text) === 1) {
    return { status: "active", status_reason: null };
  }
  if (text === "suspended" || wholeOf(text) === 2) {
    return { status: "suspended", status_reason: SUSPENDED_REASON };
  }
  remarks.push(`status: ${JSON.stringify(text)} is unknown, the account is suspended`);
  return { status: "suspended", status_reason: UNKNOWN_STATUS_REASON };
}

function takeFailedLogins(cells: Cells): number {
  const count = wholeOf(cellOf(cells, "failed_logins")) ?? 0;
  return Math.min(Math.max(count, 0), MAX_FAILED_LOGINS);
}
