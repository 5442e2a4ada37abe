import assert from "node:assert/strict";
import fc from "fast-check";
import type { Services } from "@/lib/domain/services.ts";
import { databaseTest } from "../kit/databases.ts";
import { HASH_BLOB, importTables, type Row, servicesOver } from "./flask.ts";

/** Values that any column of a SQLite file may hold. */
const anything = fc.oneof(
  fc.constant(null),
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.toWellFormed()),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes)),
);

/** Few values, so that many users collide. */
const id = fc.oneof(fc.integer({ min: 1, max: 4 }), anything);
const username = fc.oneof(
  fc.constantFrom("ada", "ADA", " ada ", "a da", "ada-1", "", "<b>"),
  anything,
);
const email = fc.oneof(
  fc.constantFrom("ada@example.com", "ADA@example.com", "bea@example.com", "cleo@example.com"),
  fc.emailAddress(),
  anything,
);

/** Every text of a row contains its user. */
const users = fc.array(
  fc.record({
    id,
    username,
    email,
    password: fc.oneof(fc.constant(HASH_BLOB), anything),
    role: fc.oneof(fc.constantFrom(1, 2), anything),
    status: fc.oneof(fc.constantFrom(1, 2), anything),
    failed_logins: anything,
    verified_email: anything,
    date_created: anything,
  }, { requiredKeys: ["id", "username", "email"] }),
  { maxLength: 8 },
);

const profiles = fc.array(
  fc.record({ id, user: id, bio: anything, website: anything, image: anything }),
  { maxLength: 8 },
).map((rows) => rows.map((row): Row => ({ ...row, full_name: `of user ${written(row.user)}` })));

databaseTest(
  "whatever the rows hold, an import counts each once and gives no profile to another",
  async (database) => {
    const services = await servicesOver(database);
    await fc.assert(
      fc.asyncProperty(
        users,
        profiles,
        (userRows, profileRows) => checkImport(services, userRows, profileRows),
      ),
      { numRuns: 40 },
    );
  },
  { anyDatabase: true },
);

async function checkImport(
  services: Services,
  userRows: readonly Row[],
  profileRows: readonly Row[],
): Promise<void> {
  if (userRows.length === 0) return;
  const tables = {
    users: userRows,
    ...(profileRows.length > 0 && { user_profiles: profileRows }),
  };
  const { lines } = await importTables(services, tables);
  const imported = await readImported(services);
  const userLines = lines.filter((line) => line.table === "users");
  assert.equal(userLines.length, userRows.length);
  const taken = userLines.filter((line) => line.outcome !== "skipped");
  assert.equal(imported.length, taken.length);
  for (const line of lines) {
    if (line.outcome !== "imported") assert.notEqual(line.reasons.join(), "");
  }
  for (const user of imported) {
    const line = taken.find((one) => one.email.trim() === user.email);
    assert.ok(line, user.email);
    if (user.full_name !== "") assert.equal(user.full_name, `of user ${line.id}`.trim());
  }
  await services.db.deleteFrom("users").execute();
}

function readImported({ db }: Services) {
  return db.selectFrom("users as u").innerJoin("user_profiles as p", "p.user_id", "u.id")
    .select(["u.email", "p.full_name"]).execute();
}

/** Returns the id that a profile names, as the report writes it. */
function written(cell: Row[string]): string {
  const text = cell instanceof Uint8Array ? new TextDecoder().decode(cell) : String(cell);
  return text.trim();
}
