import { type Parser, Refusal, withoutCredentials } from "./parsers.ts";

/** Where the tables live. */
export type DatabaseSettings =
  | { readonly kind: "postgres"; /** Absent: the `PG*` names alone. */ readonly url?: string }
  | { readonly kind: "pglite"; /** A folder, or `memory`. */ readonly path: string };

/** Takes `DATABASE_URL`. */
export const databaseUrl: Parser<DatabaseSettings> = (text) => {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) {
    return { kind: "postgres", url: text };
  }
  const path = /^pglite:(.+)$/.exec(text)?.[1];
  return path !== undefined ? { kind: "pglite", path } : new Refusal(
    "postgres://user:password@host/name, pglite:FOLDER or pglite:memory is allowed",
    withoutCredentials(text),
  );
};

/** The database where there is no `DATABASE_URL`: the one of the `PG*` names, or the embedded one. */
export function defaultDatabase(
  env: Readonly<Record<string, string | undefined>>,
): DatabaseSettings {
  return env["PGHOST"] || env["PGDATABASE"]
    ? { kind: "postgres" }
    : { kind: "pglite", path: ".data/db" };
}
