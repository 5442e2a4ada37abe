import type { ComponentChildren } from "preact";
import { Icon } from "@/components/Icon.tsx";
import {
  sortOf,
  userListPath,
  type UserListQuery,
  type UserSortKey,
} from "@/lib/shared/user_list.ts";

interface SortHeaderProps {
  readonly sortKey: UserSortKey;
  readonly label: string;
  readonly query: UserListQuery;
  readonly class?: string;
  /** Before the label. */
  readonly children?: ComponentChildren;
}

/** The header of a column that sorts the list, first ascending, then descending. */
export function SortHeader(
  { sortKey, label, query, class: className, children }: SortHeaderProps,
) {
  const sort = sortOf(query);
  const upwards = sort === sortKey;
  const downwards = sort === `-${sortKey}`;
  const href = userListPath({
    ...query,
    sort: upwards ? `-${sortKey}` : sortKey,
    after: undefined,
    before: undefined,
  });
  return (
    <th
      role="columnheader"
      scope="col"
      class={className}
      aria-sort={upwards ? "ascending" : downwards ? "descending" : undefined}
    >
      {children}
      <a class="sort-link" href={href}>
        {label}
        <Icon name={upwards ? "arrow-up" : downwards ? "arrow-down" : "chevron-expand"} />
      </a>
    </th>
  );
}
