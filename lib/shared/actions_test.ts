import assert from "node:assert/strict";
import type { Action } from "./action.ts";
import { ACCOUNTS } from "./actions/accounts.ts";
import { LABELS } from "./actions/labels.ts";
import { OPERATION } from "./actions/operation.ts";
import { SECURITY } from "./actions/security.ts";
import { USERS } from "./actions/users.ts";
import { type ActionName, actionOf, ACTIONS, actionsWith } from "./actions.ts";
import { isAllowed } from "./permissions.ts";
import { cut, fill, wordsFor } from "./words.ts";

const NAMES = Object.keys(ACTIONS) as ActionName[];

Deno.test("no two subjects have an action of the same name", () => {
  const subjects = [USERS, SECURITY, LABELS, ACCOUNTS, OPERATION];
  assert.equal(subjects.flatMap((rows) => Object.keys(rows)).length, NAMES.length);
});

Deno.test("isAllowed() lets admins do everything, support what its rows say, and users what is their own", () => {
  for (const name of NAMES) {
    const { by, support } = actionOf(name);
    if (by === undefined) continue;
    const permitted = name as Parameters<typeof isAllowed>[1];
    assert.equal(isAllowed("admin", permitted, "other"), true, name);
    assert.equal(isAllowed("support", permitted, "other"), support === true, name);
    assert.equal(isAllowed("user", permitted, "other"), false, name);
    assert.equal(isAllowed("user", permitted, "own"), by === "owner", name);
  }
});

Deno.test("the sentences of the audit trail begin with the one who did it", () => {
  for (const name of NAMES) {
    const { trail } = actionOf(name);
    if (trail !== undefined) assert.match(trail, /^\{(actor|user)\} [a-z]/, name);
  }
});

Deno.test("the words of actions name what they are filled with, and nothing else", () => {
  const known = new Set([
    "actor",
    "user",
    "name",
    "username",
    "email",
    "user_id",
    "sessions",
    "role",
  ]);
  const words = JSON.stringify(ACTIONS, (key, value) => key === "form" ? undefined : value);
  const names = cut(words).filter((_, index) => index % 2 === 1);
  assert.deepEqual(names.filter((name) => !known.has(name)), []);
});

Deno.test("no two actions of deno task users have the same name", () => {
  const names = actionsWith(({ task }) => task !== undefined).map((name) =>
    actionOf(name).task!.name
  );
  assert.equal(new Set(names).size, names.length);
});

Deno.test("fill() takes values as they are", () => {
  assert.equal(fill("{name} is {what}", { name: "Ana $& {what}", what: 1 }), "Ana $& {what} is 1");
});

Deno.test("wordsFor() chooses by whose account it is, where that matters", () => {
  assert.equal(wordsFor("Edit", true), "Edit");
  assert.equal(wordsFor({ own: "yours", other: "theirs" }, false), "theirs");
});

Deno.test("the compiler asks for what an action lacks", () => {
  const [by, route] = ["admins", { method: "PUT", path: "/frob_user" }] as const;
  // @ts-expect-error Nothing is said when it is done.
  const silent: Action = { by, route };
  // @ts-expect-error Anybody could do it.
  const open: Action = { route, done: "Done." };
  // @ts-expect-error The task has nothing to say.
  const mute: Action = { by, task: { name: "frob", help: "frobs" } };
  // @ts-expect-error Nothing answers the request.
  const lost: Action = { by, route, done: "Done." };
  // @ts-expect-error Users who do it to their own account are told nothing.
  const vague: Action = { by, route: { ...route, page: true }, done: { other: "Done." } };
  const task = { name: "frob", help: "frobs", said: "Done" };
  const whole: Action = { by, route, done: "Done.", task };
  assert.ok(silent && open && mute && lost && vague && whole);
});
