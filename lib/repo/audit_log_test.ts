import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Db } from "@/lib/db/database.ts";
import { databaseTest } from "@/tests/kit/databases.ts";
import { type AuditEntryFilter, type AuditEntryPage, listAuditEntries } from "./audit_log.ts";

type Matches = (i: number) => boolean;

const CASES: readonly [filter: AuditEntryFilter, matches: Matches][] = [
  [{ words: ["often"] }, (i) => i % 10 === 0],
  [{ words: ["ofte"], action: "suspend_user" }, (i) => i % 20 === 0],
  [{ words: ["seldom"] }, (i) => i === 7],
  [{ actorId: 1, action: "suspend_user" }, () => false],
  [{ actorId: 0, action: "suspend_user" }, (i) => i % 20 === 0],
  [{ words: ["often"], until: new Date("2029-01-01T01:00Z") }, (i) => i % 10 === 0 && i < 60],
];

/** Adds 120 entries in four blocks: each tenth has a word, and one has another. */
async function addEntries(db: Db): Promise<void> {
  await sql`
    insert into audit_events (id, at, actor_id, actor_name, action, details)
    overriding system value
    select i * 500, timestamptz '2029-01-01' + i * interval '1 minute', i % 2, 'ada',
      case when i % 20 = 0 then 'suspend_user' else 'sign_in' end,
      case when i = 7 then '{"reason": "seldom"}' when i % 10 = 0 then '{"reason": "often"}'
        else '{}' end::jsonb
    from generate_series(1, 120) i
  `.execute(db);
}

const idsOf = ({ rows }: AuditEntryPage) => rows.map(({ id }) => id / 500);

databaseTest("a search that ends in time finds the same, page after page", async ({ db }) => {
  await addEntries(db);
  for (const [filter, matches] of CASES) {
    const wanted = Array.from({ length: 120 }, (_, index) => 120 - index).filter(matches);
    for (const searchMs of [0, Infinity]) {
      const what = `${JSON.stringify(filter)} in ${searchMs} ms`;
      const list = (cursor: { after: number } | { before: number } | undefined) =>
        listAuditEntries(db, filter, { limit: 4, ...cursor }, searchMs);
      let page = await list(undefined);
      const down = idsOf(page);
      assert.equal(page.searchedTo !== null, searchMs === 0 && down.length < 4, what);
      while (page.next !== null) down.push(...idsOf(page = await list({ after: page.next })));
      assert.deepEqual(down, wanted, what);
      page = await list({ before: 0 });
      const up = idsOf(page);
      while (page.previous !== null) {
        up.unshift(...idsOf(page = await list({ before: page.previous })));
      }
      assert.deepEqual(up, wanted, what);
    }
  }
});
