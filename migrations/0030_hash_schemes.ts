import { type Kysely, sql } from "kysely";

/** Finds imported hashes by what they have before the salt, which says what a sign-in costs. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index users_foreign_scheme
    on users (substring(password_hash from '^(.*\\$)[^$]+\\$[^$]+$'))
    where password_hash like '$%' and password_hash not like '$argon2id$v=19$m=19456,t=2,p=1$%'
  `.execute(db);
  await db.schema.dropIndex("users_legacy_hash").execute();
}

/** Reverts {@linkcode up}. */
export async function down(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex("users_legacy_hash").on("users").column("id")
    .where(sql<boolean>`password_hash like '$pbkdf2%'`).execute();
  await db.schema.dropIndex("users_foreign_scheme").execute();
}
