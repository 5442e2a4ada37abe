import { openDatabase } from "@/lib/db/open_database.ts";
import { grantToServer } from "@/lib/db/server_role.ts";
import { postgresAt } from "./databases.ts";
import { queryPostgres } from "./postgres.ts";

/** The role of the tests' servers. It exists as long as the cluster. */
export const SERVER_ROLE = "roster_server";

/**
 * Returns the URL of a database for a role that got its rights from `deno task migrate --grant`.
 */
export async function asServerRole(url: string): Promise<string> {
  // Another test may create it at the same moment.
  await queryPostgres(
    url,
    `do $$ begin create role ${SERVER_ROLE} login;
     exception when duplicate_object or unique_violation then null; end $$`,
  );
  const { db, close } = await openDatabase(postgresAt(url));
  await grantToServer(db, SERVER_ROLE);
  await close();
  const address = new URL(url);
  address.username = SERVER_ROLE;
  return address.href;
}
