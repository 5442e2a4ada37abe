import { BulkForm } from "@/components/BulkForm.tsx";
import { usersInAll } from "@/components/UserPager.tsx";
import { userListPath, type UserListQuery } from "@/lib/shared/user_list.ts";
import type { UserListView } from "@/lib/shared/views.ts";

interface BulkBarProps {
  readonly list: UserListView;
  readonly query: UserListQuery;
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
}

/** The form below the user list for an action on many users. */
export function BulkBar({ list: { users, estimated_total }, query, viewer_id }: BulkBarProps) {
  if (users.length === 0) return null;
  const hidden = {
    filter: userListPath({ ...query, after: undefined, before: undefined }).split("?")[1] ?? "",
    page: users.map(({ user_id }) => user_id).join(","),
  };
  const whom = {
    ticked: "The ticked ones",
    page: `All ${users.length} on this page`,
    all: `All that match: ${usersInAll(estimated_total)}`,
  };
  return (
    <section class="card card-body mt-3">
      <h2 class="h6">Bulk action</h2>
      <BulkForm hidden={hidden} whom={whom} viewer_id={viewer_id} />
    </section>
  );
}
