import { PageLinks } from "@/components/PageLinks.tsx";
import { userListPath, type UserListQuery } from "@/lib/shared/user_list.ts";
import type { UserListView } from "@/lib/shared/views.ts";

interface UserPagerProps {
  readonly list: UserListView;
  readonly query: UserListQuery;
}

/** The number of matches is counted up to here and estimated beyond. */
const EXACT_UP_TO = 10_000;

const NUMBER = new Intl.NumberFormat("en-GB");

/** The number of users and links to the pages before and after. */
export function UserPager({ list, query }: UserPagerProps) {
  const { estimated_total: total, previous, next } = list;
  const about = total > EXACT_UP_TO ? "About " : "";
  return (
    <nav class="pager" aria-label="Pages">
      <span class="tabular">{about}{NUMBER.format(total)} {total === 1 ? "user" : "users"}</span>
      <PageLinks
        previous={previous && userListPath({ ...query, after: undefined, before: previous })}
        next={next && userListPath({ ...query, before: undefined, after: next })}
      />
    </nav>
  );
}
