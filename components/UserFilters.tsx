import { PAGE_SIZE_DEFAULT, SEARCH_MAX_CHARS } from "@/lib/shared/limits.ts";
import {
  DEFAULT_USER_SORT,
  userListPath,
  type UserListQuery,
  type UserSort,
} from "@/lib/shared/user_list.ts";

interface UserFiltersProps {
  readonly query: UserListQuery;
}

/** Sort orders besides the default. */
const SORTS: Readonly<Record<Exclude<UserSort, typeof DEFAULT_USER_SORT>, string>> = {
  "-username": "Name, Z to A",
  "email": "E-mail address, A to Z",
  "-email": "E-mail address, Z to A",
  "-created_at": "Joined, newest first",
  "created_at": "Joined, oldest first",
  "-last_login_at": "Last sign-in, newest first",
  "last_login_at": "Last sign-in, oldest first",
};

/** Search, role, status and order as a plain GET form, so that a filtered list has a URL. */
export function UserFilters({ query }: UserFiltersProps) {
  const { q, role, status, sort, limit } = query;
  return (
    <form class="filters" action="/user_list" role="search" aria-label="Users">
      <div class="filters-search">
        <label class="form-label" for="q">Search</label>
        <input
          class="form-control"
          type="search"
          dir="auto"
          id="q"
          name="q"
          value={q}
          maxLength={SEARCH_MAX_CHARS}
          placeholder="Name or e-mail address"
        />
      </div>
      <Choice
        name="role"
        label="Role"
        all="Any role"
        value={role}
        options={{ user: "Users", admin: "Admins" }}
      />
      <Choice
        name="status"
        label="Status"
        all="Any status"
        value={status}
        options={{ active: "Active", suspended: "Suspended" }}
      />
      {/* Narrow screens have no column headers to sort by. On others it keeps the order. */}
      <Choice
        name="sort"
        label="Sort by"
        all="Name, A to Z"
        value={sort}
        options={SORTS}
        class="filters-sort"
      />
      {limit && limit !== PAGE_SIZE_DEFAULT && <input type="hidden" name="limit" value={limit} />}
      <div class="filters-actions">
        <button type="submit" class="btn btn-primary">Search</button>
        {(q || role || status) && (
          <a class="btn btn-quiet" href={userListPath({ sort, limit })}>Clear</a>
        )}
      </div>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  /** Text when nothing is chosen. */
  readonly all: string;
  readonly value: string | undefined;
  readonly options: Readonly<Record<string, string>>;
  readonly class?: string;
}

function Choice({ name, label, all, value, options, class: className }: ChoiceProps) {
  return (
    <div class={className}>
      <label class="form-label" for={name}>{label}</label>
      <select class="form-select" id={name} name={name}>
        <option value="">{all}</option>
        {Object.entries(options).map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>{text}</option>
        ))}
      </select>
    </div>
  );
}
