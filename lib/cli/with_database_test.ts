import assert from "node:assert/strict";
import { readSettings } from "@/lib/settings.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { createPostgresDatabase } from "@/tests/kit/postgres.ts";
import { withDatabase } from "./with_database.ts";

databaseTest("a database that is not UTF8 is refused with what to do", async ({ url }) => {
  if (url === undefined) return;
  for (const encoding of ["LATIN1", "SQL_ASCII"]) {
    await using latin = await createPostgresDatabase(
      url,
      "template0",
      `encoding '${encoding}' lc_collate 'C' lc_ctype 'C'`,
    );
    const settings = readSettings({ DATABASE_URL: latin.url });
    let worked = false;
    await assert.rejects(
      withDatabase(settings, () => Promise.resolve(worked = true)),
      new RegExp(
        `${latin.name} has the encoding ${encoding}.*create database NAME encoding 'UTF8'`,
      ),
    );
    assert.equal(worked, false);
  }
});
