import { choice, foldedText, instant, optional, text } from "./fields.ts";
import type { Field } from "./form.ts";
import { PAGE_SIZE_DEFAULT, TAG_MAX_CHARS } from "./limits.ts";

/** Sort keys of the user list. Each index includes the id, so that the order is total. */
const USER_SORT_KEYS = ["username", "email", "created_at", "last_login_at"] as const;

/** A sort key of the user list. */
export type UserSortKey = typeof USER_SORT_KEYS[number];

/** `username` ascends, `-username` descends. */
export type UserSort = UserSortKey | `-${UserSortKey}`;

/** Every value of `sort=`. */
export const USER_SORTS: readonly UserSort[] = USER_SORT_KEYS.flatMap((key) =>
  [key, `-${key}`] as const
);

/**
 * Returns the order of a list. Found users come newest first: names cluster in the order of names, so
 * that a search for one of them would read far before it finds the first page.
 */
export function sortOf({ q, sort }: Pick<UserListQuery, "q" | "sort">): UserSort {
  return sort ?? (q ? "-created_at" : "username");
}

/** A filter with a few values: what a chip says of each, or an option of the form. */
interface ChoiceFilter<T extends string> {
  readonly kind: "choice";
  readonly label: string;
  /** The option that does not filter. */
  readonly all: string;
  readonly options: Readonly<Record<T, string>>;
}

/** A filter by a point in time, a word or the outcome of a bulk action, see {@linkcode bulkOutcome}. */
interface OpenFilter<Kind extends "time" | "word" | "outcome"> {
  readonly kind: Kind;
  readonly label: string;
}

/** A filter of the user list. */
export type UserFilterDeclaration =
  | ChoiceFilter<string>
  | OpenFilter<"time">
  | OpenFilter<"word">
  | OpenFilter<"outcome">;

/**
 * All filters of the user list, by the name of their field. The form, the URL, the JSON API, `deno
 * task users list` and the chips follow from this table. `lib/repo/user_filters.ts` has the
 * condition of each.
 */
export const USER_FILTERS = {
  role: choiceOf("Role", "Any role", {
    user: "Users",
    support: "Support",
    admin: "Admins",
  }),
  status: choiceOf("Status", "Any status", { active: "Active", suspended: "Suspended" }),
  locked: choiceOf("Lock", "Locked or not", { yes: "Locked", no: "Not locked" }),
  confirmed: choiceOf("Address", "Confirmed or not", {
    yes: "Address confirmed",
    no: "Address not confirmed",
  }),
  second_factor: choiceOf("Second factor", "With or without", {
    yes: "With second factor",
    no: "Without second factor",
  }),
  passkey: choiceOf("Passkey", "With or without", {
    yes: "With passkey",
    no: "Without passkey",
  }),
  api_keys: choiceOf("API keys", "With or without", {
    yes: "With API keys",
    no: "Without API keys",
  }),
  invited: choiceOf("Invitation", "Invited or not", {
    yes: "Invited lately",
    no: "Not invited lately",
  }),
  signed_in: choiceOf("Signed in", "Ever or never", {
    yes: "Has signed in",
    never: "Never signed in",
  }),
  dormant: choiceOf("Dormant", "Dormant or not", { yes: "Dormant", no: "Not dormant" }),
  signed_in_after: { kind: "time", label: "Signed in since" },
  signed_in_before: { kind: "time", label: "Signed in before" },
  joined_after: { kind: "time", label: "Joined since" },
  joined_before: { kind: "time", label: "Joined before" },
  tag: { kind: "word", label: "Tag" },
  bulk: { kind: "outcome", label: "Bulk action" },
} as const satisfies Readonly<Record<string, UserFilterDeclaration>>;

/** The name of a filter. */
export type UserFilterName = keyof typeof USER_FILTERS;

type FilterValue<F> = F extends ChoiceFilter<infer T> ? T
  : F extends OpenFilter<"time"> ? Date
  : string;

/** The filters of a query. */
export type UserFilters = {
  readonly [Name in UserFilterName]?: FilterValue<typeof USER_FILTERS[Name]> | undefined;
};

/** The filters that every form shows. The others are under "More filters". */
export const FIRST_FILTERS: readonly UserFilterName[] = ["role", "status"];

/** The names of all filters. */
export const USER_FILTER_NAMES = Object.keys(USER_FILTERS) as readonly UserFilterName[];

type FilterFields = {
  readonly [Name in UserFilterName]: Field<UserFilters[Name]>;
};

/** What became of users in a bulk action, and its words. */
export const BULK_OUTCOMES = {
  waiting: "to do",
  done: "done",
  left_out: "left out",
  failed: "failed",
} as const;

/** The fields of all filters. */
export const userFilterFields = Object.fromEntries(
  Object.entries(USER_FILTERS).map(([name, filter]) => [name, fieldOf(filter)]),
) as unknown as FilterFields;

function fieldOf(filter: UserFilterDeclaration): Field<unknown> {
  const { kind, label } = filter;
  if (kind === "time") return instant({ label });
  if (kind === "word") return optional(foldedText(text({ label, maxLength: TAG_MAX_CHARS })));
  if (kind === "outcome") return outcomeField(label);
  return optional(choice({ label, options: Object.keys(filter.options) }));
}

/** An outcome of a bulk action. */
export type BulkOutcome = keyof typeof BULK_OUTCOMES;

/**
 * Reads the filter by a bulk action: `12` means all its users, `12-failed` those with this outcome.
 * `undefined` if it is neither.
 */
export function bulkOutcome(
  text: string,
): { readonly job_id: number; readonly outcome: BulkOutcome | undefined } | undefined {
  const [, job_id, outcome] = /^(\d{1,15})(?:-(\w+))?$/.exec(text) ?? [];
  if (job_id === undefined || (outcome && !Object.hasOwn(BULK_OUTCOMES, outcome))) return undefined;
  return { job_id: Number(job_id), outcome: outcome as BulkOutcome | undefined };
}

function outcomeField(label: string): Field<string | undefined> {
  const outcomes = Object.keys(BULK_OUTCOMES);
  return optional(text({
    label,
    maxLength: 30,
    pattern: `[0-9]{1,15}(?:-(?:${outcomes.join("|")}))?`,
    rule: `Write the number of a bulk action, or with an outcome: ${
      outcomes.map((outcome) => `12-${outcome}`).join(", ")
    }`,
  }));
}

/** Returns the filters that a query has, as their fields take them and with the words of a chip. */
export function activeFilters(
  query: UserFilters,
): { name: UserFilterName; value: string; words: string }[] {
  return USER_FILTER_NAMES.flatMap((name) => {
    const value = query[name];
    if (value === undefined) return [];
    const filter: UserFilterDeclaration = USER_FILTERS[name];
    const sent = textOf(value);
    return [{ name, value: sent, words: wordsOf(filter, sent) }];
  });
}

function wordsOf(filter: UserFilterDeclaration, value: string): string {
  if (filter.kind === "choice") return filter.options[value]!;
  const { job_id = value, outcome } = filter.kind === "outcome" ? bulkOutcome(value) ?? {} : {};
  return `${filter.label} ${job_id}${outcome ? `: ${BULK_OUTCOMES[outcome]}` : ""}`;
}

/** Returns a time as a date if it is the start of a day, for a field of a form or URL. */
function textOf(value: string | number | Date): string {
  if (!(value instanceof Date)) return String(value);
  return value.toISOString().replace(/T00:00:00\.000Z$/, "");
}

function choiceOf<const T extends string>(
  label: string,
  all: string,
  options: Readonly<Record<T, string>>,
): ChoiceFilter<T> {
  return { kind: "choice", label, all, options };
}

/** Densities of the list besides the usual one. */
export const USER_DENSITIES = ["compact"] as const;

type UserDensity = typeof USER_DENSITIES[number];

/** Columns of the list that a query may hide. The first one stays. */
export const USER_COLUMNS = {
  role: "Role",
  status: "Status",
  joined: "Joined",
  last_sign_in: "Last sign-in",
} as const;

/** Names a column that may be hidden. */
export type UserColumn = keyof typeof USER_COLUMNS;

type HiddenColumns = { readonly [Column in UserColumn as `hide_${Column}`]?: "1" | undefined };

/** The fields that hide columns. */
export const hiddenColumnFields = Object.fromEntries(
  Object.entries(USER_COLUMNS).map(([name, label]) => [
    `hide_${name}`,
    optional(choice({ label: `Hide ${label}`, options: ["1"] })),
  ]),
) as unknown as { readonly [Name in keyof HiddenColumns]-?: Field<"1" | undefined> };

/** The columns that a query hides. */
export function hiddenColumns(query: HiddenColumns): UserColumn[] {
  return (Object.keys(USER_COLUMNS) as UserColumn[]).filter((name) => query[`hide_${name}`]);
}

/** Returns how a query shows its users, whoever they are. */
export function lookOf(query: UserListQuery): UserListQuery {
  const { sort, density, limit } = query;
  const hidden = hiddenColumns(query).map((name) => [`hide_${name}`, "1"]);
  return { sort, density, limit, ...Object.fromEntries(hidden) };
}

/** The value of `before` for the last page. */
export const LIST_END = "end";

/** Query of `GET /user_list`. */
export interface UserListQuery extends UserFilters, HiddenColumns {
  /** What {@linkcode readSearch} reads. */
  readonly q?: string | undefined;
  readonly sort?: UserSort | undefined;
  /** How much room a row takes. */
  readonly density?: UserDensity | undefined;
  /** Rows per page. */
  readonly limit?: number | undefined;
  /** `next` of the previous page. */
  readonly after?: string | undefined;
  /** `previous` of the next page, or {@linkcode LIST_END}. */
  readonly before?: string | undefined;
}

/** Returns the URL of the page that exports all users of a query. */
export function exportPath({ q, sort, ...rest }: UserListQuery): string {
  const filters = activeFilters(rest).map(({ name, value }) => [name, value]);
  const query = { ...(q && { q }), ...Object.fromEntries(filters), ...(sort && { sort }) };
  return `/export_users?${new URLSearchParams(query)}`.replace(/\?$/, "");
}

/** Returns the URL of the page that saves a query. */
export function savePath(query: UserListQuery): string {
  const path = userListPath({ ...query, after: undefined, before: undefined });
  return `/user_views?${new URLSearchParams({ query: path.split("?")[1] ?? "" })}`;
}

/** Returns the URL of the user list for a query, without default values. */
export function userListPath(query: UserListQuery): string {
  const { sort, limit, ...rest } = query;
  const wanted = {
    ...rest,
    ...(sort !== sortOf({ q: rest.q }) && { sort }),
    ...(limit !== PAGE_SIZE_DEFAULT && { limit: limit?.toString() }),
  };
  const given = Object.entries(wanted)
    .flatMap(([name, value]) => value ? [[name, textOf(value)]] : []);
  return given.length === 0 ? "/user_list" : `/user_list?${new URLSearchParams(given)}`;
}
