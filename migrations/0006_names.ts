import { type Kysely, sql } from "kysely";
import { lookOf } from "@/lib/look_alikes.ts";
import { foldKey } from "@/lib/shared/fold.ts";

/** A user whose name is not all ASCII. For all others key and look stay the same. */
interface NamedUser {
  readonly id: number;
  readonly username: string;
  readonly username_key: string;
}

/** Users per statement. */
const BATCH_ROWS = 1_000;

/**
 * Refuses names that look like another one, keeps earlier names for signing in, and folds keys by
 * all of Unicode.
 *
 * If two names turn out to be equal, both users keep theirs, and the later one signs in with the
 * e-mail address: their key gets a space and the id appended, which nobody can register. `deno task
 * doctor` lists these users. Equal looks are told apart in the same way.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable("former_usernames")
    .addColumn("name_key", "text", (c) => c.primaryKey())
    .addColumn("user_id", "bigint", (c) => c.notNull().references("users.id").onDelete("cascade"))
    .execute();
  await db.schema.createIndex("former_usernames_user").on("former_usernames").column("user_id")
    .execute();
  await db.schema.alterTable("users").addColumn("username_look", "text").execute();
  await rewriteKeys(db, foldKey);
  await sql`
    create unique index users_username_look on users (coalesce(username_look, username_key))
  `.execute(db);
  await writeLooks(db);
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("users_username_look").execute();
  await db.schema.alterTable("users").dropColumn("username_look").execute();
  await db.schema.dropTable("former_usernames").execute();
  await rewriteKeys(db, (name) => name.trim().normalize("NFKC").toLowerCase());
}

/** Updates the keys that changed. Of two users with the same key, the lower id gets it. */
async function rewriteKeys(
  db: Kysely<unknown>,
  keyOf: (username: string) => string,
): Promise<void> {
  const moving: { id: number; key: string }[] = [];
  for await (const users of namedUsers(db)) {
    for (const { id, username, username_key } of users) {
      const key = keyOf(username);
      if (key !== username_key) moving.push({ id, key });
    }
  }
  // Free all old keys first: one user's new key may be another's old one.
  for (const { id } of moving) await writeKey(db, id, ` ${id}`);
  for (const { id, key } of moving) {
    const { rows: [owner] } = await sql<{ id: number }>`
      select id from users where username_key = ${key}
    `.execute(db);
    const loser = owner && Math.max(owner.id, id);
    if (owner && loser === owner.id) await writeKey(db, loser, `${key} ${loser}`);
    await writeKey(db, id, loser === id ? `${key} ${id}` : key);
  }
}

async function writeKey(db: Kysely<unknown>, id: number, key: string): Promise<void> {
  await sql`update users set username_key = ${key} where id = ${id}`.execute(db);
}

async function writeLooks(db: Kysely<unknown>): Promise<void> {
  for await (const users of namedUsers(db)) {
    const rows = users.map(({ id, username }) => ({ id, look: lookOf(username) }))
      .filter(({ look }, index) => look !== users[index]!.username_key);
    const owners = await findOwners(db, rows.map(({ look }) => look));
    for (const row of rows) {
      const isTaken = owners.get(row.look)?.some((id) => id !== row.id);
      owners.set(row.look, [row.id]);
      if (isTaken) row.look += ` ${row.id}`;
    }
    await sql`
      update users set username_look = given.look
      from unnest(${rows.map(({ id }) => id)}::bigint[], ${rows.map(({ look }) => look)}::text[])
        given (id, look)
      where users.id = given.id
    `.execute(db);
  }
}

/** Finds the ids of the users who have a look, by look. */
async function findOwners(
  db: Kysely<unknown>,
  looks: readonly string[],
): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ id: number; look: string }>`
    select id, coalesce(username_look, username_key) as look from users
    where coalesce(username_look, username_key) = any(${looks}::text[])
  `.execute(db);
  const owners = new Map<string, number[]>();
  for (const { id, look } of rows) owners.set(look, [...owners.get(look) ?? [], id]);
  return owners;
}

/** Users whose names are not all ASCII, by id. */
async function* namedUsers(db: Kysely<unknown>): AsyncGenerator<readonly NamedUser[]> {
  for (let last = 0;;) {
    const { rows } = await sql<NamedUser>`
      select id, username, username_key from users
      where octet_length(username) > char_length(username) and id > ${last}
      order by id limit ${BATCH_ROWS}
    `.execute(db);
    const end = rows.at(-1);
    if (end === undefined) return;
    yield rows;
    last = end.id;
  }
}
