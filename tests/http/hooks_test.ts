import assert from "node:assert/strict";
import { jobKinds } from "@/lib/domain/jobs.ts";
import type { Services } from "@/lib/domain/services.ts";
import { BUILT_IN_HOOKS, type Hook } from "@/lib/repo/hooks.ts";
import { createJobRunner } from "@/lib/repo/job_runner.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import { addAdmin, addPerson, logIn, PASSWORD, signedIn } from "@/tests/kit/people.ts";

const GRACE = {
  username: "grace",
  email: "grace@example.org",
  password: PASSWORD,
  password2: PASSWORD,
};

/** A hook that fails while it is told to, besides the built-in ones. */
function failingHooks() {
  const hooks = { fail: true, runs: [] as number[] };
  const hook = (on: Hook["on"]): Hook => ({
    name: `welcome ${on}`,
    on,
    run(_tx, userId) {
      if (hooks.fail) throw new Error("The newsletter does not answer");
      hooks.runs.push(userId);
      return Promise.resolve();
    },
  });
  const adapt = (services: Services) => {
    const { db, log } = services;
    const hooks = [...BUILT_IN_HOOKS, hook("created"), hook("deleted")];
    return { jobs: createJobRunner(db, log, jobKinds({ ...services, hooks })) };
  };
  return { hooks, adapt };
}

/** Skips the pause that follows a failure. */
async function retryNow({ services }: TestApp): Promise<void> {
  await services.db.updateTable("jobs").set({ run_at: new Date(0) }).execute();
  await services.jobs.runDue();
}

const created = failingHooks();

appTest("a hook that fails changes no answer, and runs again until it is done", async (app) => {
  const { hooks } = created;
  Object.assign(hooks, { fail: true, runs: [] });
  const answer = await app.client().sendJson("POST", "/register", GRACE);
  assert.equal(answer.status, 201, answer.text);
  assert.equal((await logIn(app.client(), "grace")).status, 200);
  const profiles = () => app.services.db.selectFrom("user_profiles").select("user_id").execute();
  assert.equal((await profiles()).length, 1, "the hooks beside it have done their work");
  await retryNow(app);
  assert.deepEqual(hooks.runs, []);
  hooks.fail = false;
  await retryNow(app);
  const [user] = await app.services.db.selectFrom("users").select("id").execute();
  assert.deepEqual(hooks.runs, [user!.id]);
  await retryNow(app);
  assert.deepEqual(hooks.runs, [user!.id], "once it is done it is done");
  assert.equal((await profiles()).length, 1);
}, { adapt: created.adapt, everyDatabase: true });

const deleted = failingHooks();

appTest("a failing hook does not prevent a deletion", async (app) => {
  const { hooks } = deleted;
  Object.assign(hooks, { fail: true, runs: [] });
  const admin = await signedIn(app, await addAdmin(app));
  const { user_id } = await addPerson(app, "grace");
  const answer = await admin.sendJson("DELETE", "/delete_user", { user_id });
  assert.equal(answer.status, 200);
  hooks.fail = false;
  await retryNow(app);
  assert.ok(hooks.runs.includes(user_id));
}, { adapt: deleted.adapt, everyDatabase: true });

appTest(
  "a process that dies between commit and hook leaves nobody without a profile",
  async (app) => {
    const { services } = app;
    const { db } = services;
    const person = await addPerson(app, "grace");
    // What such a process leaves: the account and an open event.
    await db.deleteFrom("user_profiles").execute();
    await db.insertInto("jobs").values({ kind: "user_created", user_id: person.user_id }).execute();
    await services.jobs.runDue();
    const profiles = await db.selectFrom("user_profiles").select(["user_id", "email"]).execute();
    assert.deepEqual(profiles, [{ user_id: person.user_id, email: person.email }]);
  },
  { everyDatabase: true },
);
