import type { Environment } from "./env_file.ts";
import { type Parser, Refusal, withoutCredentials } from "./parsers.ts";
import { namesPostgres, type PostgresSettings, readPostgres } from "./postgres.ts";

/** The database with the tables. */
export type DatabaseSettings =
  | { readonly kind: "postgres"; readonly server: PostgresSettings }
  | { readonly kind: "pglite"; /** A folder, or `memory`. */ readonly path: string };

/** The value of `DATABASE_URL`. */
export type DatabaseChoice =
  | { readonly kind: "postgres"; readonly url: string }
  | { readonly kind: "pglite"; readonly path: string };

/** Reads `DATABASE_URL`. */
export const databaseUrl: Parser<DatabaseChoice> = (text) => {
  if (/^postgres(ql)?:\/\//.test(text)) return { kind: "postgres", url: text };
  const path = /^pglite:(.+)$/.exec(text)?.[1];
  return path !== undefined ? { kind: "pglite", path } : new Refusal(
    "postgres://user:password@host/name, pglite:FOLDER or pglite:memory is allowed",
    withoutCredentials(text),
  );
};

/**
 * Returns the database of `DATABASE_URL`, else that of the `PG*` names, else the embedded one.
 * Returns a fault if the settings are wrong.
 */
export function resolveDatabase(
  choice: DatabaseChoice | undefined,
  env: Environment,
): DatabaseSettings | { readonly fault: string } {
  if (choice?.kind === "pglite") return choice;
  if (!choice && !namesPostgres(env)) return { kind: "pglite", path: ".data/db" };
  const server = readPostgres(choice?.url, env);
  return "fault" in server ? server : { kind: "postgres", server };
}
