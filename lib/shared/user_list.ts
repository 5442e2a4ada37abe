import { PAGE_SIZE_DEFAULT } from "./limits.ts";
import type { Role, Status } from "./users.ts";

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

/** The default order. */
export const DEFAULT_USER_SORT = "username" satisfies UserSort;

/** Query of `GET /user_list`. */
export interface UserListQuery {
  /** Part of a username, an address or a full name. */
  readonly q?: string | undefined;
  readonly role?: Role | undefined;
  readonly status?: Status | undefined;
  readonly sort?: UserSort | undefined;
  /** Rows per page. */
  readonly limit?: number | undefined;
  /** `next` of the previous page. */
  readonly after?: string | undefined;
  /** `previous` of the next page. */
  readonly before?: string | undefined;
}

/** Returns the URL of the user list for a query, without default values. */
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

/** Returns the URL of a row, whose id is `user_7`, so that a form returns to where it was sent. */
export function rowPath(
  listPath: string,
  user: { readonly user_id: number } | undefined,
): string {
  return user ? `${listPath}#user_${user.user_id}` : listPath;
}

/** Returns the row to look at when the one at `index` has gone. */
export function neighbourOf<Row>(rows: readonly Row[], index: number): Row | undefined {
  return rows[index + 1] ?? rows[index - 1];
}

/** Returns the address of the page of a user. */
export function userPath(userId: number): string {
  return `/user?user_id=${userId}`;
}
