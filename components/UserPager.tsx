import { Icon } from "@/components/Icon.tsx";
import { PageLinks } from "@/components/PageLinks.tsx";
import { LIST_END, userListPath, type UserListQuery } from "@/lib/shared/user_list.ts";
import type { UserListView } from "@/lib/shared/views.ts";

interface UserPagerProps {
  readonly list: UserListView;
  readonly query: UserListQuery;
}

/** Which users are shown, and links to the pages around. */
export function UserPager({ list, query }: UserPagerProps) {
  const { previous, next } = list;
  const at = (place: Pick<UserListQuery, "after" | "before">) =>
    userListPath({ ...query, after: undefined, before: undefined, ...place });
  return (
    <nav class="pager" aria-label="Pages">
      <span class="tabular" id="list_range">{rangeText(list)}</span>
      <div class="row-actions">
        {previous && (
          <a class="btn btn-quiet pager-end" href={at({})}>
            <Icon name="chevron-bar-left" />
            <span class="visually-hidden">First page</span>
          </a>
        )}
        <PageLinks
          previous={previous && at({ before: previous })}
          next={next && at({ after: next })}
        />
        {next && (
          <a class="btn btn-quiet pager-end" href={at({ before: LIST_END })}>
            <Icon name="chevron-bar-right" />
            <span class="visually-hidden">Last page</span>
          </a>
        )}
      </div>
    </nav>
  );
}

/** The number of matches is counted up to here and estimated beyond. */
const EXACT_UP_TO = 10_000;

const NUMBER = new Intl.NumberFormat("en-GB");

/** Says how many users match, such as "about 1,000,000 users". */
export function usersInAll(total: number): string {
  const count = `${NUMBER.format(total)} ${total === 1 ? "user" : "users"}`;
  return total > EXACT_UP_TO ? `about ${count}` : count;
}

/** Says which users a page shows, such as "26 to 50 of about 1,000,000 users". */
function rangeText({ users, first, previous, next, estimated_total: total }: UserListView): string {
  const all = usersInAll(total);
  if (!previous && !next) return all;
  if (users.length === 0) return `None of ${all}`;
  if (first === null) {
    return next ? `${users.length} of ${all}` : `The last ${users.length} of ${all}`;
  }
  return `${NUMBER.format(first)} to ${NUMBER.format(first + users.length - 1)} of ${all}`;
}
