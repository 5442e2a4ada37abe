import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { UserTable } from "@/components/UserTable.tsx";
import type { UserListQuery } from "@/lib/shared/user_list.ts";
import type { UserListItem, UserListView } from "@/lib/shared/views.ts";

const ADA: UserListItem = {
  user_id: 1,
  username: "ada",
  email: "ada@example.com",
  full_name: "<b>Ada</b>",
  image: null,
  role: "admin",
  status: "active",
  status_reason: null,
  suspended_until: null,
  locked: true,
  locked_until: "2026-01-31T23:40:00Z",
  can_be_viewed: false,
  created_at: "2026-01-31T23:30:00Z",
  last_login_at: null,
};
const NOBODY = { users: [], estimated_total: 0 };

const LIST = {
  masked: false,
  users: [ADA],
  next: null,
  previous: null,
  first: 1,
  estimated_total: 1,
};

function render(list: Partial<UserListView>, query: UserListQuery = {}): string {
  return renderToString(
    <UserTable
      list={{ ...LIST, ...list }}
      query={query}
      viewer_id={1}
      search={null}
      tickAll={null}
      status={({ status }) => status}
    />,
  );
}

Deno.test("UserTable says by which column it is sorted, and links to the other direction", () => {
  const html = render({}, { sort: "-created_at", q: "ada" });
  assert.match(html, /aria-sort="descending"[^>]*><a class="sort-link" href="[^"]*sort=created_at/);
  assert.equal(html.match(/aria-sort/g)?.length, 1);
});

Deno.test("UserTable keeps search and filters in its links to other pages", () => {
  const html = render({ next: "abc" }, { q: "ada", role: "admin", status: "active" });
  assert.match(html, /href="\/user_list\?q=ada&amp;role=admin&amp;status=active&amp;after=abc"/);
});

Deno.test("UserTable sorts from the first page on", () => {
  const html = render({ previous: "abc" }, { after: "abc" });
  assert.match(html, /class="sort-link" href="\/user_list\?sort=-username"/);
});

Deno.test("UserTable shows names as text, days in UTC and who is locked", () => {
  const html = render({});
  assert.match(html, /&lt;b>Ada&lt;\/b>/);
  assert.match(html, /31 Jan 2026/);
  assert.match(html, /Locked/);
});

Deno.test("UserTable tells an empty list from an empty search", () => {
  assert.match(render(NOBODY), /No users yet/);
  assert.match(render(NOBODY, { q: "x" }), /Nobody matches/);
});

Deno.test("UserTable counts users where there are some, and leads back from an empty page", () => {
  assert.match(render({}), /1 user</);
  assert.doesNotMatch(render(NOBODY), /0 users/);
  assert.match(render({ ...NOBODY, previous: "abc" }), /before=abc/);
});

Deno.test("UserTable shows by which name a user signs in, whatever the full name", () => {
  assert.match(render({}), /<\/a><bdi\s+title="ada">ada<\/bdi>/);
  const nameless = render({ users: [{ ...ADA, full_name: "" }] });
  assert.equal(nameless.match(/>ada</g)?.length, 1);
});
