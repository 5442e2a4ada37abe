import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Avatar } from "@/components/Avatar.tsx";
import { Name } from "@/components/Name.tsx";
import { SearchInput } from "@/components/SearchInput.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { userPath } from "@/lib/shared/users.ts";
import type { UserListItem, UserListView } from "@/lib/shared/views.ts";

interface UserSearchProps {
  readonly id: string;
  readonly value?: string | undefined;
  readonly placeholder: string;
  /** The name of the field where no label stands beside it. */
  readonly label?: string;
}

/** What was found for what is typed. */
interface Found {
  readonly users: readonly UserListItem[];
  readonly total: number;
  /** The list of all that match. */
  readonly all: string;
}

const PAUSE_MS = 200;
const MIN_CHARS = 2;
const SHOWN = 6;

/**
 * The search for users, which shows the first ones while typing. If none is chosen, Enter
 * sends the form.
 *
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export default function UserSearch({ id, value, placeholder, label }: UserSearchProps) {
  const found = useSignal<Found | undefined>(undefined);
  const chosen = useSignal(-1);
  const running = useRef<AbortController>();
  const list = `${id}_found`;

  function close() {
    running.current?.abort();
    found.value = undefined;
    chosen.value = -1;
  }
  useEffect(() => close, []);

  async function search(q: string) {
    // Only the last answer counts.
    close();
    const { signal } = running.current = new AbortController();
    if (q.trim().length < MIN_CHARS) return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    const path = `/user_list?${new URLSearchParams({ q, limit: String(SHOWN) })}`;
    const answer = await callApi<UserListView>("GET", path, { signal });
    if (signal.aborted || !answer.ok) return;
    const { users, estimated_total } = answer.value;
    found.value = {
      users,
      total: estimated_total,
      all: `/user_list?${new URLSearchParams({ q })}`,
    };
  }

  const paths = () => found.value?.users.map(({ user_id }) => userPath(user_id)) ?? [];

  function press(event: KeyboardEvent) {
    const count = paths().length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && count > 0) {
      event.preventDefault();
      // After the last user comes a place where none is chosen.
      chosen.value = (chosen.value + 1 + step + count + 1) % (count + 1) - 1;
    } else if (event.key === "Enter" && chosen.value >= 0) {
      event.preventDefault();
      location.assign(paths()[chosen.value]!);
    } else if (event.key === "Escape" && found.value) {
      event.preventDefault();
      close();
    }
  }

  const users = found.value?.users ?? [];
  return (
    <div class="user-search">
      <SearchInput
        id={id}
        value={value}
        placeholder={placeholder}
        aria-label={label}
        role="combobox"
        autocomplete="off"
        aria-autocomplete="list"
        aria-expanded={users.length > 0}
        aria-controls={list}
        aria-activedescendant={chosen.value < 0 ? undefined : `${list}_${chosen.value}`}
        onInput={(event) => search(event.currentTarget.value)}
        onKeyDown={press}
        onBlur={close}
      />
      {found.value && (
        // The field keeps the focus, so that the list stays until the click.
        <div class="user-search-found" onMouseDown={(event) => event.preventDefault()}>
          <ul id={list} role="listbox" aria-label="Users" hidden={users.length === 0}>
            {users.map((user, index) => (
              <li
                key={user.user_id}
                id={`${list}_${index}`}
                role="option"
                aria-selected={index === chosen.value}
                onClick={() => location.assign(userPath(user.user_id))}
              >
                <Avatar {...user} />
                <span>
                  <Name class="fw-bold" text={user.full_name || user.username} />
                  <Name class="text-body-secondary" text={detailOf(user)} />
                </span>
              </li>
            ))}
          </ul>
          <p>
            {users.length === 0
              ? "No user matches"
              : <a href={found.value.all} tabIndex={-1}>See all that match</a>}
          </p>
        </div>
      )}
      <div class="visually-hidden" aria-live="polite">{found.value && announce(found.value)}</div>
    </div>
  );
}

function detailOf({ full_name, username, email }: UserListItem): string {
  return full_name ? `${username}, ${email}` : email;
}

function announce({ users: { length }, total }: Found): string {
  if (length === 0) return "No user matches";
  if (total > length) return `The first ${length} of ${total.toLocaleString("en")} users`;
  return length === 1 ? "1 user" : `${length} users`;
}
