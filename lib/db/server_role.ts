import { type RawBuilder, sql } from "kysely";
import type { Db, Tx } from "./database.ts";
import { inTransaction } from "./transaction.ts";

const RIGHTS = sql`select, insert, update, delete`;

/** What a server may do with a table where that is less than with the others. */
const NARROW_RIGHTS: Readonly<Record<string, RawBuilder<unknown>>> = {
  // Append-only: an attacker who gets as far as the database cannot remove the traces. Only the
  // functions below change or remove entries: those of users who are erased, and old ones.
  audit_events: sql`select, insert`,
  audit_salts: sql`select, insert`,
  audit_seals: sql`select, insert`,
  kysely_migration: sql`select`,
  kysely_migration_lock: sql`select`,
};

/** Functions that do more than the role may do itself. Nobody else may call them. */
const FUNCTIONS = [
  sql`erase_audit_events(bigint, integer)`,
  sql`erase_audit_addresses(text[])`,
  sql`expire_audit_events(timestamptz, timestamptz, integer)`,
];

/**
 * Gives a role what a server needs of the tables of this account in the current schema, and takes
 * away what it had beyond that. It may neither make nor change tables.
 */
export async function grantToServer(db: Db, role: string): Promise<void> {
  const to = sql.id(role);
  await inTransaction(db, async (tx) => {
    await sql`grant usage on schema ${sql.id(await currentSchema(tx))} to ${to}`.execute(tx);
    for (const name of await listOwnTables(tx)) {
      const rights = NARROW_RIGHTS[name] ?? RIGHTS;
      await sql`revoke all on ${sql.id(name)} from ${to}`.execute(tx);
      await sql`grant ${rights} on ${sql.id(name)} to ${to}`.execute(tx);
    }
    for (const name of await listOwnSequences(tx)) {
      await sql`grant select on sequence ${sql.id(name)} to ${to}`.execute(tx);
    }
    for (const name of FUNCTIONS) {
      await sql`grant execute on function ${name} to ${to}`.execute(tx);
    }
  });
}

/** Why a role cannot be one that only serves, as a sentence for operators; `undefined` if it can. */
export async function findRoleFault(db: Db, role: string): Promise<string | undefined> {
  const { rows: [found] } = await sql<{ superuser: boolean; owner: boolean; creates: boolean }>`
    select rolsuper as superuser, pg_has_role(rolname, current_user, 'member') as owner,
      has_schema_privilege(rolname, current_schema(), 'create') as creates
    from pg_roles where rolname = ${role}
  `.execute(db);
  if (!found) {
    return `There is no role ${role}: make it with create role ${role} login password '…'`;
  }
  if (found.superuser) return `The role ${role} is a superuser: name one that is not`;
  if (found.owner) return `The role ${role} owns the tables: name another one for the server`;
  if (!found.creates) return undefined;
  const schema = await currentSchema(db);
  return `The role ${role} may make tables: run revoke create on schema ${schema} from public, ${role}`;
}

async function currentSchema(db: Db): Promise<string> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  return rows[0]!.schema;
}

/** Tables and views. */
function listOwnTables(tx: Tx): Promise<string[]> {
  return listOwn(tx, ["r", "p", "v"]);
}

/** Backups read where each has got to. */
function listOwnSequences(tx: Tx): Promise<string[]> {
  return listOwn(tx, ["S"]);
}

async function listOwn(tx: Tx, kinds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = any(${kinds}::"char"[])
      and relowner = current_user::regrole
  `.execute(tx);
  return rows.map(({ name }) => name);
}
