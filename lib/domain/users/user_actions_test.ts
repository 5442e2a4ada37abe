import assert from "node:assert/strict";
import { actionsWith, readRequest, type UserAction } from "@/lib/shared/actions.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import { appTest } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, everythingOf, type Person } from "@/tests/kit/people.ts";
import { doUserAction } from "./user_actions.ts";

const TASK = { kind: "task", name: "test" } as const;
const SOURCE = { requestId: "test", ip: "127.0.0.1", userAgent: "test" };
const ALL = actionsWith<UserAction>(({ task }) => task !== undefined);

const NEVER_THE_SAME = { version: 0, updated_at: 0, created_at: 0 };

/** A request that is right for every action: each takes what its form has. */
function request<A extends UserAction>(name: A, { user_id }: Person) {
  const texts = {
    user_id: String(user_id),
    role: "user",
    reason: "Spam",
    until: "2090-01-31",
    tag: "vip",
    note: "Called",
    note_id: "1",
  };
  const parsed = readRequest(name, new Map(Object.entries(texts)));
  assert.ok(parsed.ok);
  return parsed.value;
}

appTest("every action on a user is refused to whom the table does not name", async (app) => {
  const person = await addPerson(app, "grace");
  const before = await everythingOf(app, person);
  const other = await addPerson(app, "other");
  const stranger = { kind: "anonymous", source: SOURCE } as const;
  const user = {
    kind: "user",
    source: SOURCE,
    userId: other.user_id,
    username: other.username,
    role: "user",
    sessionId: 0,
  } as const;
  for (const name of ALL) {
    for (const [actor, code] of [[stranger, "not_signed_in"], [user, "forbidden"]] as const) {
      await assert.rejects(
        async () => await doUserAction(app.services, actor, name, request(name, person)),
        (error) => error instanceof DomainError && error.code === code,
        name,
      );
    }
  }
  assert.deepEqual(await everythingOf(app, person), before);
});

const UNDONE_BY = [
  ["suspend_user", "activate_user"],
  ["delete_user", "restore_user"],
] as const;

appTest("suspending and deleting a user can be taken back", async (app) => {
  await addAdmin(app);
  for (const [name, undo] of UNDONE_BY) {
    const person = await addPerson(app, `of_${name}`);
    const state = async () =>
      (await everythingOf(app, person)).map((row) => ({ ...row, ...NEVER_THE_SAME }));
    const before = await state();
    await doUserAction(app.services, TASK, name, request(name, person));
    assert.notDeepEqual(await state(), before, name);
    await doUserAction(app.services, TASK, undo, request(undo, person));
    assert.deepEqual(await state(), before, name);
  }
});
