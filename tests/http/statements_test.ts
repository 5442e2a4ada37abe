/** How many statements the pages cost. */
import assert from "node:assert/strict";
import { createSlowReader } from "@/lib/domain/slow_reads.ts";
import { appTest } from "@/tests/kit/app.ts";
import { countQueries } from "@/tests/kit/counting.ts";
import { addAdmin, addPerson, signedIn } from "@/tests/kit/people.ts";

let queries: ReturnType<typeof countQueries>;

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
  "/user_list?q=ana": 6,
  "/user?user_id=OTHER": 16,
  "/audit_log": 4,
  "/audit_log?actor=ana&text=often": 9,
  "/admin": 5,
  "/settings": 4,
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
    await browser.get(address);
    const before = queries.count();
    assert.equal((await browser.get(address)).status, 200, path);
    counts[path] = queries.count() - before;
  }
  assert.deepEqual(counts, TABLE);
}, {
  adapt: ({ db }) => {
    queries = countQueries(db);
    const readSlowly = createSlowReader({ db: queries.db, kind: "pglite" });
    return { db: queries.db, spareDb: queries.db, readSlowly };
  },
});
