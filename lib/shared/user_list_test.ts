import assert from "node:assert/strict";
import { USER_SORTS, userListPath } from "@/lib/shared/user_list.ts";

Deno.test("userListPath() leaves out what is empty or the default", () => {
  assert.equal(userListPath({}), "/user_list");
  assert.equal(userListPath({ q: "", sort: "username", limit: 25 }), "/user_list");
});

Deno.test("userListPath() encodes what was searched for", () => {
  const path = userListPath({ q: "a&b=ü", role: "admin", sort: "-email", limit: 50 });
  const params = new URL(path, "http://localhost").searchParams;
  assert.deepEqual(Object.fromEntries(params), {
    q: "a&b=ü",
    role: "admin",
    sort: "-email",
    limit: "50",
  });
});

Deno.test("USER_SORTS has each key once upwards and once downwards", () => {
  assert.equal(new Set(USER_SORTS).size, USER_SORTS.length);
  assert.equal(USER_SORTS.filter((sort) => sort.startsWith("-")).length, USER_SORTS.length / 2);
});

Deno.test("a search lists the newest users first, unless its URL says otherwise", () => {
  assert.equal(userListPath({ q: "ada", sort: "-created_at" }), "/user_list?q=ada");
  assert.equal(userListPath({ q: "ada", sort: "username" }), "/user_list?q=ada&sort=username");
});
