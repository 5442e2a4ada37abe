/** How many statements the pages cost. */
import assert from "node:assert/strict";
import { createSlowReader } from "@/lib/domain/slow_reads.ts";
import type { Services } from "@/lib/domain/services.ts";
import { appTest, serveApp } from "@/tests/kit/app.ts";
import type { TestClient } from "@/tests/kit/client.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";
import { tempFolder } from "@/tests/kit/temp.ts";

let queries: ReturnType<typeof countQueries>;

function counted({ db }: Services): Partial<Services> {
  queries = countQueries(db);
  const readSlowly = createSlowReader({ db: queries.db, kind: "pglite" });
  return { db: queries.db, spareDb: queries.db, readSlowly };
}

/** Counts the statements of a page that was opened before. */
async function costOf(browser: TestClient, path: string): Promise<number> {
  await browser.get(path);
  const before = queries.count();
  assert.equal((await browser.get(path)).status, 200, path);
  return queries.count() - before;
}

/** The session, and what the page shows. */
const TABLE: Readonly<Record<string, number>> = {
  "/profile": 2,
  "/security": 2,
  "/sessions": 2,
  "/activity": 2,
  "/api_keys": 3,
  "/passkeys": 2,
  "/change_password": 2,
  "/edit_user?user_id=OWN": 2,
  "/download_data": 1,
  "/user_list": 2,
  "/user_list?q=ana": 5,
  "/user?user_id=OTHER": 8,
  "/audit_log": 3,
  "/audit_log?actor=ana&text=often": 5,
  "/admin": 4,
  "/settings": 2,
  "/invitations": 2,
  "/deleted_users": 2,
  "/emails": 2,
  "/bulk_jobs": 2,
  "/import_users": 2,
};

appTest("each signed-in page costs as many statements as the table says", async (app) => {
  const admin = await addAdmin(app);
  const browser = await signedIn(app, admin);
  const ana = await addPerson(app, "ana");
  const counts: Record<string, number> = {};
  for (const path of Object.keys(TABLE)) {
    const address = path.replace("OWN", String(admin.user_id)).replace(
      "OTHER",
      String(ana.user_id),
    );
    counts[path] = await costOf(browser, address);
  }
  assert.deepEqual(counts, TABLE);
}, { adapt: counted });

databaseTest("the settings look at the backups once", async (database) => {
  await using folder = await tempFolder();
  const environment = { BACKUP_FOLDER: folder.path };
  await using app = await serveApp(database, { environment, adapt: counted });
  // The session, the database's state, a backup that is being made, and the last one.
  assert.equal(await costOf(await signedIn(app, await addAdmin(app)), "/settings"), 4);
}, { anyDatabase: true });
