import type { SignInExplanation } from "@/lib/domain/users/explain_sign_in.ts";
import { actionOf } from "@/lib/shared/actions.ts";
import type { SignInCause } from "@/lib/shared/person.ts";
import { eventOfUser } from "@/lib/shared/audit_words.ts";
import type { UserListView, UserView } from "@/lib/shared/views.ts";

/** Formats a count, such as `1,000`. */
export function number(count: number): string {
  return count.toLocaleString("en");
}

/** Formats a page of the user list as a table, with the option for the next page. */
export function userListText({ users, next, estimated_total }: UserListView): string {
  const rows = users.map((user) => [
    String(user.user_id),
    user.username,
    user.email,
    user.role,
    user.locked ? `${user.status}, locked` : user.status,
    user.full_name,
  ]);
  return [
    ...tableOf([["id", "username", "e-mail", "role", "status", "name"], ...rows]),
    "",
    `${users.length} of ${estimated_total} users`,
    ...(next === null ? [] : [`Next page: --after ${next}`]),
  ].join("\n");
}

/** Formats everything about a user, one line each. */
export function userText({ admin, ...user }: UserView): string {
  const facts = Object.entries({ ...user, ...admin });
  return tableOf(facts.map(([name, value]) => [name, value === null ? "" : String(value)]))
    .join("\n");
}

/** Explains why a user can or cannot sign in, and what happened recently. */
export function explanationText(
  { username, email }: UserView,
  { can_sign_in, causes, remarks, events }: SignInExplanation,
): string {
  return [
    can_sign_in
      ? `${username} can sign in with the username or ${email}`
      : `${username} cannot sign in:`,
    ...causes.filter(({ prevents }) => prevents).map((cause) => `  ${causeText(username, cause)}`),
    ...causes.filter(({ prevents }) => !prevents).map((cause) => causeText(username, cause)),
    ...remarks,
    ...(events.length === 0 ? [] : ["Recently:"]),
    ...events.map((event) => `  ${event.at}  ${eventOfUser(event)}`),
  ].join("\n");
}

/** What it is, and what mends it. */
function causeText(username: string, { text, mends }: SignInCause): string {
  const commands = mends.flatMap((name) => actionOf(name).task?.name ?? [])
    .map((name) => `deno task users ${name} ${username}`);
  return commands.length === 0 ? text : `${text} (${commands.join(", or ")})`;
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => [...row[column] ?? ""].length))) ??
      [];
  return rows.map((row) =>
    row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - [...cell].length))
      .join("  ").trimEnd()
  );
}
