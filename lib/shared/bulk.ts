/** Bulk actions: what an admin asks for, and how pages name it. */
import { actionOf, actionsWith, type BulkAction } from "./actions.ts";
import { choice, optional, rowId, text } from "./fields.ts";
import { type Checked, type Field, type Form, type Parsed, parseForm, type Texts } from "./form.ts";
import { userListForm } from "./list_forms.ts";
import type { UserListQuery } from "./user_list.ts";

/** The actions that can be done to many users at once. */
export const BULK_ACTIONS = actionsWith<BulkAction>(({ bulk }) => bulk);

/** The words before "29 users". Not in the table of actions, which browsers load. */
export const BULK_LABELS: Readonly<Record<BulkAction | "undo", string>> = {
  suspend_user: "Suspend",
  activate_user: "Activate",
  unlock_user: "Unlock",
  confirm_email: "Confirm the address of",
  send_confirmation: "Send the confirmation again to",
  demand_password: "Demand a new password of",
  send_password_reset: "Send a link for a new password to",
  edit_role: "Change the role of",
  delete_user: "Delete",
  sign_out_user: "End all sessions of",
  tag_user: "Tag",
  untag_user: "Remove a tag from",
  undo: "Take back what was done to",
};

/** The fields of all their forms. */
export const bulkInputs: Form = Object.assign(
  {},
  ...BULK_ACTIONS.map((action) => actionOf(action).form ?? {}),
);

/** Whom the form below the user list can mean. */
const BULK_CHOICES = ["ticked", "page", "all"] as const;

/** `POST /bulk_jobs`, besides the fields of the action and the ticked boxes. */
export const bulkForm = {
  action: choice({ label: "Action", options: BULK_ACTIONS }),
  /** Default: all. */
  whom: optional(choice({ label: "Whom", options: BULK_CHOICES })),
  /** The query of the user list, such as `role=user&q=ann`. */
  filter: filterField(),
  /** The ids of the users on the page. */
  page: text({ label: "Users of the page", type: "hidden", maxLength: 2_000 }),
};

/** The requests about one bulk job. */
export const bulkIdForm = { job_id: rowId({ label: "job_id" }) };

/** A bulk action that somebody asks for. */
export interface BulkRequest {
  readonly action: BulkAction;
  /** Texts for the form of the action. */
  readonly input: Readonly<Record<string, string>>;
  readonly query: UserListQuery;
}

const TICK = /^user_(\d{1,15})$/;

/** The name of the box that ticks a user. */
export function tickName(userId: number): string {
  return `user_${userId}`;
}

/** Returns the names of the boxes that are ticked. */
export function tickedNames(texts: Texts): string[] {
  return [...texts.keys()].filter((name) => TICK.test(name));
}

/** Reads a request for a bulk action. */
export function readBulkRequest(texts: Texts): Parsed<BulkRequest> {
  const parsed = parseForm(bulkForm, texts);
  if (!parsed.ok) return { ...parsed, rest: {} };
  const { action, whom, filter, page } = parsed.value;
  const input = parseForm(actionOf(action).form ?? {}, texts);
  if (!input.ok) return { ...input, rest: {} };
  const query = whom === "ticked"
    ? queryOf(tickedNames(texts).map((name) => TICK.exec(name)![1]!))
    : whom === "page"
    ? queryOf(page.match(/\d+/g) ?? [])
    : filter;
  if (!query) return { ok: false, errors: { whom: "Tick at least one user" }, rest: {} };
  return { ok: true, value: { action, input: textsOf(input.value), query } };
}

function queryOf(ids: readonly string[]): UserListQuery | undefined {
  return ids.length === 0 ? undefined : { q: ids.map((id) => `id:${id}`).join(" ") };
}

function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(values).map((
    [name, value],
  ) => [name, value instanceof Date ? value.toISOString() : String(value ?? "")]);
  return Object.fromEntries(texts);
}

/** The number of users in words. */
export function userCount(count: number): string {
  return count === 1 ? "1 user" : `${count.toLocaleString("en")} users`;
}

function filterField(): Field<UserListQuery> {
  return { label: "Filter", type: "hidden", required: false, read: readFilter };
}

/** A filter that is misspelt must not mean everybody. */
function readFilter(sent: string): Checked<UserListQuery> {
  const params = [...new URLSearchParams(sent)];
  const texts = new Map(params);
  const unknown = params.find(([name]) => !Object.hasOwn(userListForm, name));
  if (unknown) return { error: `There is no filter "${unknown[0]}"` };
  if (texts.size < params.length) return { error: "A filter was sent twice" };
  const parsed = parseForm(userListForm, texts);
  return parsed.ok ? { value: parsed.value } : { error: Object.values(parsed.errors).join(". ") };
}
