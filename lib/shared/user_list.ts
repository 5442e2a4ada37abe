import { PAGE_SIZE_DEFAULT } from "./limits.ts";
import type { Role, Status } from "./users.ts";

/** What the user list can be sorted by; the index of each carries the id, so the order is total. */
export const USER_SORT_KEYS = ["username", "email", "created_at", "last_login_at"] as const;

/** What the user list can be sorted by. */
export type UserSortKey = typeof USER_SORT_KEYS[number];

/** `username` ascends, `-username` descends. */
export type UserSort = UserSortKey | `-${UserSortKey}`;

/** Every value of `sort=`. */
export const USER_SORTS: readonly UserSort[] = USER_SORT_KEYS.flatMap((key) =>
  [key, `-${key}`] as const
);

/** How the list is sorted where nothing is said. */
export const DEFAULT_USER_SORT = "username" satisfies UserSort;

/** What `GET /user_list` is asked for. */
export interface UserListQuery {
  /** Part of a username, an address or a full name. */
  readonly q?: string | undefined;
  readonly role?: Role | undefined;
  readonly status?: Status | undefined;
  readonly sort?: UserSort | undefined;
  /** Rows a page. */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** The `previous` of the page after. */
  readonly before?: string | undefined;
}

/** The address of the user list as `query` describes it; what is the default is left out. */
export function userListPath(query: UserListQuery): string {
  const { sort, limit, ...rest } = query;
  const wanted = {
    ...rest,
    ...(sort !== DEFAULT_USER_SORT && { sort }),
    ...(limit !== PAGE_SIZE_DEFAULT && { limit: limit?.toString() }),
  };
  const given = Object.entries(wanted).flatMap(([name, value]) => value ? [[name, value]] : []);
  return given.length === 0 ? "/user_list" : `/user_list?${new URLSearchParams(given)}`;
}

/** A row of a list of users, which has the id `user_7`: so a form comes back to where it was sent. */
export function rowPath(
  listPath: string,
  user: { readonly user_id: number } | undefined,
): string {
  return user ? `${listPath}#user_${user.user_id}` : listPath;
}

/** Whose row is where the eyes are once the one at `index` has gone. */
export function neighbourOf<Row>(rows: readonly Row[], index: number): Row | undefined {
  return rows[index + 1] ?? rows[index - 1];
}
