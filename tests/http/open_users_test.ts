/** Who else has a user open: a line on the pages about the user, and no lock. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import type { UserView } from "@/lib/shared/views.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { programOf } from "@/tests/kit/api_keys.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

const ROUNDS = 20;

async function openersIn(client: TestClient, path: string): Promise<string[]> {
  const view = JSON.parse((await client.getJson(path)).text);
  const { opened_by = [] }: UserView = view.user ?? view;
  return opened_by.map(({ username }) => username);
}

/** Moves the times of open pages into the past. */
async function pass({ services: { db } }: TestApp, minutes: number): Promise<void> {
  const moved = (column: string) =>
    sql`${sql.id(column)} = ${sql.id(column)} - ${minutes}::int * interval '1 minute'`;
  await sql`update open_users set ${moved("opened_at")}, ${moved("seen_at")}`.execute(db);
}

appTest("the pages about a user say who else has them open, and since when", async (app) => {
  const grace = await addPerson(app, "grace");
  const ada = await signedIn(app, await addAdmin(app, "ada"));
  const boss = await addAdmin(app, "bob");
  const bob = await signedIn(app, boss);
  const paths = [`/user?user_id=${grace.user_id}`, `/edit_user?user_id=${grace.user_id}`];
  for (const path of paths) assert.deepEqual(await openersIn(ada, path), [], "nobody else");
  await pass(app, 10);
  const { rows: [row] } = await sql<{ opened_at: Date }>`select opened_at from open_users`.execute(
    app.services.db,
  );
  for (const path of paths) {
    const { text } = await bob.get(path);
    assert.match(text.replaceAll(/<[^>]+>/g, ""), /ada has had this user open since \d/);
    assert.ok(text.includes(`datetime="${row!.opened_at.toISOString()}"`), "not since the reload");
    assert.deepEqual(await openersIn(bob, path), ["ada"]);
    assert.deepEqual(await openersIn(ada, path), ["bob"]);
  }
  assert.deepEqual(await openersIn(bob, `/user?user_id=${boss.user_id}`), [], "another user");
  const own = JSON.parse((await (await signedIn(app, grace)).getJson(paths[1]!)).text) as UserView;
  assert.equal(own.opened_by, undefined, "users do not learn who looks at them");
  const program = await programOf(app, boss, ["users:read"]);
  await program.ask("GET", paths[0]!);
  await pass(app, 16);
  assert.deepEqual(await openersIn(bob, paths[0]!), [], "they have left");
  await pass(app, 16);
  await maintain(app.services);
  const left = await app.services.db.selectFrom("open_users").selectAll().execute();
  assert.deepEqual(left, []);
}, { everyDatabase: true });

appTest("it is no lock, and any number of people may open a user at the same time", async (app) => {
  const grace = await addPerson(app, "grace");
  const people = await Promise.all(
    Array.from(
      { length: 4 },
      async (_, index) => await signedIn(app, await addAdmin(app, `admin${index}`)),
    ),
  );
  const path = `/edit_user?user_id=${grace.user_id}`;
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await Promise.all(people.map((one) => one.getJson(path)));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
  }
  for (const one of people) assert.equal((await openersIn(one, path)).length, 3);
  const { status } = await people[0]!.sendJson("PUT", "/edit_user", {
    user_id: grace.user_id,
    full_name: "Grace",
  });
  assert.equal(status, 200);
}, { pooled: true });
