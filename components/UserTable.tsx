import type { ComponentChildren } from "preact";
import { ActionButton } from "@/components/ActionButton.tsx";
import { BULK_FORM } from "@/components/BulkForm.tsx";
import { Icon } from "@/components/Icon.tsx";
import { Name } from "@/components/Name.tsx";
import { Person } from "@/components/Person.tsx";
import { RoleBadge } from "@/components/RoleBadge.tsx";
import { RowLinks } from "@/components/RowLinks.tsx";
import { SortHeader } from "@/components/SortHeader.tsx";
import { UserFilters } from "@/components/UserFilters.tsx";
import { UserPager } from "@/components/UserPager.tsx";
import { When } from "@/components/When.tsx";
import { actionOf, actionsWith, type PressedAction } from "@/lib/shared/actions.ts";
import { tickName } from "@/lib/shared/bulk.ts";
import { reaches } from "@/lib/shared/permissions.ts";
import {
  activeFilters,
  hiddenColumns,
  userListPath,
  type UserListQuery,
} from "@/lib/shared/user_list.ts";
import { neighbourOf, rowPath } from "@/lib/shared/user_rows.ts";
import type { UserListItem, UserListView } from "@/lib/shared/views.ts";

interface UserTableProps {
  readonly list: UserListView;
  readonly query: UserListQuery;
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
  /** The island UserSearch with the id `q`. */
  readonly search: ComponentChildren;
  /** The island TickAll. */
  readonly tickAll: ComponentChildren;
  /** The StatusSwitch of a row. */
  readonly status: (user: UserListItem) => ComponentChildren;
}

/** Where to return to. */
interface RowPaths {
  /** The user's row. */
  readonly here: string;
  /** The row beside it. */
  readonly neighbour: string;
}

/**
 * The user list: filters, table, pages. On narrow screens the rows are cards. Roles are explicit
 * because some browsers drop them when a table is not displayed as one.
 */
export function UserTable(
  { list, query, viewer_id, search, tickAll, status }: UserTableProps,
) {
  const path = userListPath(query);
  return (
    <div class="card">
      <UserFilters query={query} masked={list.masked} search={search} />
      {list.users.length === 0 ? <NoUsers query={query} /> : (
        <table
          class={classesOf(query)}
          role="table"
        >
          <caption class="visually-hidden">Users</caption>
          <thead role="rowgroup">
            <tr role="row">
              <SortHeader sortKey="username" label="User" query={query}>
                {!list.masked && tickAll}
              </SortHeader>
              <th role="columnheader" scope="col" class="col-role">
                Role
              </th>
              <th
                role="columnheader"
                scope="col"
                class="col-status"
              >
                Status
              </th>
              <SortHeader
                sortKey="created_at"
                label="Joined"
                query={query}
                class="col-date"
              />
              <SortHeader
                sortKey="last_login_at"
                label="Last sign-in"
                query={query}
                class="col-date"
              />
              <th role="columnheader" scope="col" class="col-actions">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {list.users.map((user, index) => {
              const paths = {
                here: rowPath(path, user),
                neighbour: rowPath(path, neighbourOf(list.users, index)),
              };
              return (
                <UserRow
                  key={user.user_id}
                  user={user}
                  viewer_id={viewer_id}
                  {...paths}
                  status={status(user)}
                  canEdit={!list.masked}
                />
              );
            })}
          </tbody>
        </table>
      )}
      {(list.users.length > 0 || list.previous || list.next) && (
        <UserPager list={list} query={query} />
      )}
    </div>
  );
}

function classesOf(query: UserListQuery): string {
  const hidden = hiddenColumns(query).map((name) => `users-hide-${name}`);
  const density = query.density ? ["users-compact"] : [];
  return ["table table-hover users-table", ...density, ...hidden].join(" ");
}

interface UserRowProps extends RowPaths {
  readonly user: UserListItem;
  readonly viewer_id: number;
  readonly status: ComponentChildren;
  /** Support may not edit or delete. */
  readonly canEdit: boolean;
}

function UserRow({ user, viewer_id, here, neighbour, status, canEdit }: UserRowProps) {
  const { user_id, username } = user;
  return (
    <tr role="row" id={`user_${user_id}`} tabindex={-1}>
      <td role="cell">
        <Person {...user} tick={canEdit && <Tick {...user} />}>
          <Name text={user.email} />
          {BUTTONS.filter((action) => isShown(action, user, canEdit)).map((action) => (
            <ActionButton
              key={action}
              action={action}
              user_id={user_id}
              username={username}
              viewer_id={viewer_id}
              next={here}
              class="row-button"
              look="btn-link"
            />
          ))}
        </Person>
      </td>
      <td role="cell">
        <RoleBadge role={user.role} />
      </td>
      <td role="cell">
        {/* An element of its own, into which the island StatusSwitches renders the switch again. */}
        <div>{status}</div>
        {user.locked_until && (
          <small class="suspension-note">
            Locked until <When at={user.locked_until} precision="minute" />
          </small>
        )}
      </td>
      <td role="cell">
        <When at={user.created_at} precision="day" />
      </td>
      <td role="cell">
        <When at={user.last_login_at} precision="day" />
      </td>
      <td role="cell">
        {canEdit && (
          <RowLinks
            user_id={user_id}
            name={username}
            viewer_id={viewer_id}
            here={here}
            neighbour={neighbour}
          />
        )}
      </td>
    </tr>
  );
}

/** Chooses a user for the form below the list. */
function Tick({ user_id, username }: UserListItem) {
  return (
    <input
      type="checkbox"
      form={BULK_FORM}
      name={tickName(user_id)}
      aria-label={`Tick ${username}`}
    />
  );
}

/** The actions that a row may have a button for. */
const BUTTONS = actionsWith<PressedAction>(({ button, task }) =>
  button && !button.onPage && !task?.deleted
);

function isShown(action: PressedAction, user: UserListItem, canEdit: boolean): boolean {
  const { button, support } = actionOf(action);
  const { when } = button!;
  const mayDo = canEdit || (support && reaches("support", user.role));
  return Boolean(mayDo && (when === undefined || user[when]));
}

function NoUsers({ query }: { readonly query: UserListQuery }) {
  const filtered = query.q || activeFilters(query).length > 0;
  return (
    <div class="empty">
      <Icon name="people" />
      <h2>{filtered ? "Nobody matches" : "No users yet"}</h2>
      <p class="text-body-secondary">
        {filtered
          ? "Try a shorter search, or remove the filters."
          : "Users appear here as soon as they register."}
      </p>
      {filtered && <a class="btn btn-quiet" href={userListPath({})}>Show all users</a>}
    </div>
  );
}
