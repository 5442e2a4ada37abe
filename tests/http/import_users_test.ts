/** Users from a CSV file: columns, what would become of each row, and what becomes of it. */
import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { inTransaction } from "@/lib/db/transaction.ts";
import { importRowsStep, jobOfImport } from "@/lib/domain/operation/import_rows_step.ts";
import { maintain } from "@/lib/domain/operation/maintenance.ts";
import { deleteUsersByIds, findUserByEmail } from "@/lib/repo/users.ts";
import { findUserProfileByUserId, upsertUserProfile } from "@/lib/repo/user_profiles.ts";
import { IMPORT_MAX_BYTES } from "@/lib/shared/limits.ts";
import type { ImportView } from "@/lib/shared/operation_views.ts";
import { appTest, type TestApp } from "@/tests/kit/app.ts";
import type { Answer, TestClient } from "@/tests/kit/client.ts";
import { addAdmin, addPerson, logIn, signedIn } from "@/tests/kit/people.ts";
import { ageProofs } from "@/tests/kit/second_factor.ts";
import { watchEventLoop } from "@/tests/kit/loop_watch.ts";

/** Sends a file as a browser's form does. */
function upload(
  app: TestApp,
  client: TestClient,
  content: string | Uint8Array<ArrayBuffer>,
  accept = "application/json",
): Promise<Answer> {
  const body = new FormData();
  body.set("file", new File([content], "users.csv", { type: "text/csv" }));
  return client.send("/import_users", {
    method: "POST",
    headers: { accept, origin: app.origin },
    body,
  });
}

const viewOf = ({ status, text }: Answer): ImportView => {
  assert.equal(status, 200, text);
  return JSON.parse(text);
};

/** Does the next step, and waits until it is done. */
async function doStep(
  { services }: TestApp,
  client: TestClient,
  { import_id, columns }: ImportView,
  step: string,
): Promise<ImportView> {
  const chosen = step === "check" ? columns : {};
  viewOf(await client.sendJson("PUT", "/import_users", { import_id, step, ...chosen }));
  await services.jobs.drain("user_import");
  return viewOf(await client.getJson(`/import_users?import_id=${import_id}`));
}

const BCRYPT = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.IJ7SnQe.Ec0Eh8GKFWgzHgeP7n0SV/O";

const FILE = [
  "Login;E-Mail;Full name;Phone;Password;Unused",
  `zoe;zoe@example.org;"Zoë; the first";'+49 30 1;${BCRYPT};x`,
  "max;MAX@example.org;Max;;;",
  ";;;;;",
  "bo;bo@example.org;Bo Berg;;;",
  "kim;kim@example.org;;;;",
  "ed;not an address;Ed;;;",
  "ann;zoe@example.org;Ann;;;",
  "BO;other@example.org;;;;",
  "eva;eva@example.org;Eva;;md5$x$y;",
  "",
].join("\r\n");

/** As Excel saves it in western Europe. */
const windows = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

appTest("a file of Excel says per row what becomes of it, and then does it once", async (app) => {
  const { db } = app.services;
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  const bo = await addPerson(app, "bo");
  await addPerson(app, "kim");
  const read = viewOf(await upload(app, admin, windows(FILE)));
  assert.deepEqual([read.state, read.total], ["columns", 8]);
  assert.deepEqual(read.columns, {
    email: 1,
    username: 0,
    full_name: 2,
    phone: 3,
    password_hash: 4,
  });
  const checked = await doStep(app, admin, read, "check");
  assert.deepEqual([checked.state, checked.counts], [
    "checked",
    { new: 2, changed: 1, same: 1, refused: 4 },
  ]);
  const reasons = checked.samples.map(({ line, outcome, reason }) => [line, outcome, reason]);
  assert.deepEqual(reasons, [
    [7, "refused", "E-mail address: Enter an address such as name@example.com"],
    [8, "refused", "Line 2 has the same address"],
    [9, "refused", "Line 5 has the same username, or one that looks like it"],
    [10, "refused", "Password hash: of no sort that can be imported, leave the cell empty"],
    [2, "new", ""],
    [3, "new", ""],
    [5, "changed", "Full name"],
  ]);
  assert.equal(await findUserByEmail(db, "zoe@example.org"), undefined, "a dry run does nothing");

  const imported = await doStep(app, admin, checked, "start");
  assert.deepEqual([imported.state, imported.counts, imported.without_password], [
    "done",
    { added: 2, updated: 1, same: 1, refused: 4 },
    1,
  ]);
  const zoe = await findUserByEmail(db, "zoe@example.org");
  const profile = await findUserProfileByUserId(db, zoe!.id);
  assert.deepEqual([profile?.full_name, profile?.phone, profile?.email], [
    "Zoë; the first",
    "+49 30 1",
    "zoe@example.org",
  ]);
  assert.equal((await findUserProfileByUserId(db, bo.user_id))?.full_name, "Bo Berg");
  assert.equal((await logIn(app.client(), "zoe", "Grüße-Passw0rd")).status, 200);
  const { text } = await admin.getJson("/audit_log?actor=ada");
  const actions = (JSON.parse(text).entries as { action: string }[]).map(({ action }) => action);
  assert.deepEqual(actions.sort(), [
    "edit_user",
    "import_users",
    "import_users",
    "prepare_import",
    "start_import",
  ]);

  const again = await doStep(app, admin, viewOf(await upload(app, admin, windows(FILE))), "check");
  assert.deepEqual(again.counts, { same: 4, refused: 4 });
}, { everyDatabase: true });

appTest("an exported file changes nothing, and makes the same users elsewhere", async (app) => {
  const { db } = app.services;
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  const { user_id } = await addPerson(app, "-bo", { status: "suspended" });
  await inTransaction(
    db,
    (tx) => upsertUserProfile(tx, user_id, { full_name: "'=Bo", phone: "+49 30", bio: "A\n-b; c" }),
  );
  const { text } = await admin.postForm("/export_users", { separator: ";", bom: "1" });
  const same = await doStep(app, admin, viewOf(await upload(app, admin, text)), "check");
  assert.deepEqual(same.counts, { same: 2 });
  const before = await findUserProfileByUserId(db, user_id);
  await inTransaction(db, (tx) => deleteUsersByIds(tx, [user_id]));
  const read = await doStep(app, admin, viewOf(await upload(app, admin, text)), "check");
  assert.deepEqual((await doStep(app, admin, read, "start")).counts, { same: 1, added: 1 });
  const bo = await findUserByEmail(db, "-bo@example.org");
  assert.deepEqual([bo?.username, bo?.status], ["-bo", "suspended"]);
  const after = await findUserProfileByUserId(db, bo!.id);
  for (const field of ["full_name", "phone", "bio", "email"] as const) {
    assert.equal(after?.[field], before?.[field]);
  }
});

appTest("refused rows come back as a CSV file that can be mended and loaded again", async (app) => {
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  const read = viewOf(
    await upload(
      app,
      admin,
      "username,email,phone\nad,ad,'+49\nbob,b@c.org,\ncyd,c@c.org,'+49,2\n",
    ),
  );
  const { import_id } = await doStep(app, admin, read, "check");
  const { text } = await admin.get(`/refused_rows?import_id=${import_id}`);
  const [row, wide, ...others] = parse(text, { columns: true, bom: true }) as Record<
    string,
    string
  >[];
  assert.deepEqual(others, []);
  assert.match(wide?.import_reason ?? "", /more cells than the header/);
  assert.deepEqual(row, {
    username: "ad",
    email: "ad",
    phone: "'+49",
    import_reason: "E-mail address: Enter an address such as name@example.com",
  });
  const mended = text.replace("ad,ad,", "add,ad@example.org,");
  const checked = await doStep(app, admin, viewOf(await upload(app, admin, mended)), "check");
  assert.deepEqual(checked.counts, { new: 2 });
});

appTest("links for a first password wait until an admin has them sent", async (app) => {
  const { db } = app.services;
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  const read = viewOf(await upload(app, admin, "username,email\nmax,max@example.org\n"));
  const checked = await doStep(app, admin, read, "check");
  const imported = await doStep(app, admin, checked, "start");
  const letters = () => db.selectFrom("jobs").select("id").where("kind", "=", "letter").execute();
  assert.equal(imported.without_password, 1);
  assert.deepEqual(await letters(), []);
  const page = await admin.get(`/import_users?import_id=${read.import_id}`);
  assert.match(page.text, /Send a link for a first password/);
  const invited = await doStep(app, admin, imported, "invite");
  assert.deepEqual([invited.state, invited.without_password], ["invited", 0]);
  assert.equal((await letters()).length, 1);
  const twice = await admin.sendJson("PUT", "/import_users", {
    import_id: read.import_id,
    step: "invite",
  });
  assert.equal(twice.status, 409);
});

appTest("an import that breaks off goes on, and each user is imported once", async (app) => {
  const { db, images, jobs } = app.services;
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  const lines = Array.from({ length: 120 }, (_, i) => `user${i},user${i}@example.org`);
  const read = viewOf(await upload(app, admin, `username,email\n${lines.join("\n")}\n`));
  await doStep(app, admin, read, "check");
  await db.updateTable("user_imports").set({ state: "running" }).execute();
  const step = importRowsStep(images, []);
  const job = { ...jobOfImport(read.import_id), payload: { user_import: read.import_id } };
  const run = (end: "commit" | "die") =>
    inTransaction(db, async (tx) => {
      await step.run(tx, job as unknown as Parameters<typeof step.run>[1]);
      if (end === "die") throw new Error("killed");
    });
  const count = async () =>
    (await db.selectFrom("users").select("id").where("username", "like", "user%").execute()).length;
  await run("commit");
  await assert.rejects(run("die"), /killed/);
  assert.equal(await count(), 100);
  await jobs.drain("user_import");
  assert.equal(await count(), 120);
  const entries = await db.selectFrom("audit_events").select("target_id")
    .where("action", "=", "import_users").execute();
  assert.equal(new Set(entries.map(({ target_id }) => target_id)).size, 120);
  assert.equal(entries.length, 120);
  const { text } = await admin.getJson(`/import_users?import_id=${read.import_id}`);
  assert.deepEqual(JSON.parse(text).counts, { added: 120 });
}, { everyDatabase: true });

appTest(
  "a file that cannot be read, and an address that has no column, are told at their field",
  async (app) => {
    const admin = await signedIn(app, await addAdmin(app, "ada"));
    for (const accept of ["application/json", "text/html"]) {
      const { status, text } = await upload(app, admin, "", accept);
      assert.equal(status, 422);
      assert.match(text, /The file is empty/);
    }
    const read = viewOf(await upload(app, admin, "one,two\n1,2\n"));
    assert.deepEqual(read.columns, {});
    const fields = { import_id: String(read.import_id), step: "check", _method: "PUT" };
    const refused = await admin.postForm("/import_users", fields);
    assert.equal(refused.status, 422);
    assert.match(refused.text, /Choose the column of the address/);
    const large = "x".repeat(IMPORT_MAX_BYTES + 100_000);
    assert.equal((await upload(app, admin, large)).status, 413);
    // Elsewhere an admin may send no more than a picture.
    const body = new FormData();
    body.set("image", new File([large.slice(0, 6 * 1024 * 1024)], "a.png"));
    const headers = { accept: "application/json", origin: app.origin };
    const elsewhere = await admin.send("/edit_user", { method: "PUT", headers, body });
    assert.equal(elsewhere.status, 413);
  },
);

appTest("only the admin of an import sees it, with a fresh proof, for a day", async (app) => {
  const { db } = app.services;
  const ada = await addAdmin(app, "ada");
  const admin = await signedIn(app, ada);
  const other = await signedIn(app, await addAdmin(app, "eve"));
  const { import_id } = viewOf(await upload(app, admin, "username,email\nmax,m@example.org\n"));
  for (const path of ["/import_users", "/refused_rows"]) {
    assert.equal((await other.getJson(`${path}?import_id=${import_id}`)).status, 404);
  }
  const listed = JSON.parse((await admin.getJson("/import_users")).text).imports;
  assert.deepEqual(listed.map((one: ImportView) => [one.import_id, one.state]), [
    [import_id, "columns"],
  ]);
  const { text } = await admin.get("/import_users");
  assert.match(text, /href="\/import_users\?import_id=\d+">.*waits for its columns/s);
  assert.deepEqual(JSON.parse((await other.getJson("/import_users")).text).imports, []);
  await ageProofs(app, 60);
  assert.equal((await admin.getJson("/import_users")).status, 403);
  assert.equal((await upload(app, admin, "username,email\n")).status, 403);
  await maintain(app.services);
  const rows = () => db.selectFrom("user_import_rows").select("line").execute();
  assert.equal((await rows()).length, 1);
  await db.updateTable("user_imports").set({ created_at: new Date(Date.now() - 25 * 3_600_000) })
    .execute();
  await maintain(app.services);
  assert.deepEqual(await rows(), []);
  assert.deepEqual(await db.selectFrom("user_imports").select("id").execute(), []);
});

appTest("reading and importing a large file never holds the event loop", async (app) => {
  // In tests the embedded database computes in this thread, which it does not in a server.
  if (app.database.url === undefined) return;
  const admin = await signedIn(app, await addAdmin(app, "ada"));
  const lines = Array.from(
    { length: 2_000 },
    (_, i) => `user${i},user${i}@example.org,Name ${i} ${"x".repeat(100)}`,
  );
  const text = `username,email,full_name\n${lines.join("\n")}\n`;
  // Code that runs for the first time is compiled.
  await upload(app, admin, text.slice(0, 20_000));
  const watch = watchEventLoop();
  const read = viewOf(await upload(app, admin, text));
  assert.equal(read.total, 2_000);
  const checked = await doStep(app, admin, read, "check");
  assert.deepEqual((await doStep(app, admin, checked, "start")).counts, { added: 2_000 });
  const longest = watch.takeLongest();
  watch.stop();
  assert.ok(longest < 50, `${longest} ms`);
}, { everyDatabase: true });
