import type { ComponentChildren } from "preact";
import { Checkbox } from "@/components/Checkbox.tsx";
import { Icon } from "@/components/Icon.tsx";
import { PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import {
  activeFilters,
  FIRST_FILTERS,
  hiddenColumns,
  lookOf,
  USER_COLUMNS,
  USER_FILTER_NAMES,
  USER_FILTERS,
  type UserColumn,
  type UserFilterDeclaration,
  type UserFilterName,
  userListPath,
  type UserListQuery,
  type UserSort,
} from "@/lib/shared/user_list.ts";

interface UserFiltersProps {
  readonly query: UserListQuery;
  /** For support, which neither searches nor sorts by addresses. */
  readonly masked: boolean;
  /** The island UserSearch with the id `q`. */
  readonly search: ComponentChildren;
}

const SORTS: Readonly<Record<UserSort, string>> = {
  "username": "Name, A to Z",
  "-username": "Name, Z to A",
  "email": "E-mail address, A to Z",
  "-email": "E-mail address, Z to A",
  "-created_at": "Joined, newest first",
  "created_at": "Joined, oldest first",
  "-last_login_at": "Last sign-in, newest first",
  "last_login_at": "Last sign-in, oldest first",
};

const PAGE_SIZES = ["50", "100"];

const MASKED_SORTS = Object.fromEntries(
  Object.entries(SORTS).filter(([sort]) => !sort.endsWith("email")),
);

const MORE_FILTERS = USER_FILTER_NAMES.filter((name) => !FIRST_FILTERS.includes(name));

/** Support sees neither tags nor bulk actions. */
const MASKED_FILTERS = MORE_FILTERS.filter((name) => name !== "tag" && name !== "bulk");

/** Search, filters and order as a plain GET form, so that a filtered list has a URL. */
export function UserFilters({ query, masked, search }: UserFiltersProps) {
  const { q, sort, density, limit } = query;
  const active = activeFilters(query);
  const hidden = hiddenColumns(query);
  const values = new Map(active.map(({ name, value }) => [name, value]));
  const fields = (names: readonly UserFilterName[]) =>
    names.map((name) => <FilterField key={name} name={name} value={values.get(name)} />);
  return (
    <form class="filters" action="/user_list" role="search" aria-label="Users">
      <div class="filters-search">
        <label for="q">Search</label>
        {search}
      </div>
      {fields(FIRST_FILTERS)}
      {/* Narrow screens have no column headers to sort by. On others it keeps the order. */}
      <Choice
        name="sort"
        label="Sort by"
        all="Usual order"
        value={sort}
        options={masked ? MASKED_SORTS : SORTS}
        class="filters-sort"
      />
      <div class="filters-actions">
        <button type="submit" class="btn btn-primary">Search</button>
        {(q || active.length > 0) && (
          <a class="btn btn-quiet" href={userListPath(lookOf(query))}>Clear</a>
        )}
      </div>
      <details class="filters-more" open={active.some(({ name }) => MORE_FILTERS.includes(name))}>
        <summary>More filters</summary>
        <div class="filters-grid">
          {fields(masked ? MASKED_FILTERS : MORE_FILTERS)}
          <Choice
            name="density"
            label="Density"
            all="Roomy"
            value={density}
            options={{ compact: "Compact" }}
          />
          <Choice
            name="limit"
            label="Rows"
            all={String(PAGE_SIZE_DEFAULT)}
            value={limit?.toString()}
            options={Object.fromEntries(
              [...PAGE_SIZES, ...otherSize(limit)].map((size) => [size, size]),
            )}
          />
        </div>
        <fieldset class="filters-columns">
          <legend class="form-label">Columns</legend>
          {Object.entries(USER_COLUMNS).map(([name, label]) => (
            <Checkbox
              key={name}
              name={`hide_${name}`}
              checked={hidden.includes(name as UserColumn)}
            >
              Hide {label.toLowerCase()}
            </Checkbox>
          ))}
        </fieldset>
      </details>
      {active.length > 0 && (
        <ul class="chips" aria-label="Active filters">
          {active.map(({ name, words }) => (
            <li key={name}>
              <a class="chip" href={without(query, name)}>
                <span class="visually-hidden">Remove the filter</span>
                {words}
                <Icon name="x-lg" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </form>
  );
}

/** A page size that only a URL can ask for. */
function otherSize(limit: number | undefined): string[] {
  const size = String(limit ?? PAGE_SIZE_DEFAULT);
  return [String(PAGE_SIZE_DEFAULT), ...PAGE_SIZES].includes(size) ? [] : [size];
}

function without(query: UserListQuery, name: UserFilterName): string {
  return userListPath({ ...query, [name]: undefined, after: undefined, before: undefined });
}

interface FilterFieldProps {
  readonly name: UserFilterName;
  readonly value: string | undefined;
}

function FilterField({ name, value }: FilterFieldProps) {
  const filter: UserFilterDeclaration = USER_FILTERS[name];
  if (filter.kind === "choice") return <Choice {...filter} name={name} value={value} />;
  return (
    <div>
      <label for={name}>{filter.label}</label>
      <input
        class="form-control"
        // A time that is no start of a day comes from a URL, and stays as it is.
        type={filter.kind === "time" && !value?.includes("T") ? "date" : "text"}
        id={name}
        name={name}
        value={value}
      />
    </div>
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
      <label for={name}>{label}</label>
      <select class="form-select" id={name} name={name}>
        <option value="">{all}</option>
        {Object.entries(options).map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>{text}</option>
        ))}
      </select>
    </div>
  );
}
