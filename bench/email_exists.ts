import pg from "pg";
import { emailIsTaken } from "@/lib/repo/users.ts";
import { ratioOf } from "./kit/compare.ts";
import type { BenchRequest } from "./kit/load.ts";
import { type BenchRoster, serveRoster, timesPerCpuSecond, withDatabase } from "./kit/roster.ts";
import { requestsPerCpuSecond } from "./kit/server.ts";
import { sendStatements, statementsOf } from "./kit/statements.ts";
import type { Suite } from "./kit/suite.ts";

const USERS = 10_000;
const PRESSURE = { connections: 16, durationMs: 1_500 };

/** Each may ask 120 times a minute. Together they may ask more often than any server answers. */
const CLIENTS = 5_000;

/** What the form asks while the user types. */
export const emailExists: Suite = {
  summary: "GET /email_exists, against the driver's own select of the same key",
  async run(tell) {
    await using roster = await serveRoster({ users: USERS });
    await using stack = new AsyncDisposableStack();
    const pool = new pg.Pool({ connectionString: roster.databaseUrl });
    stack.defer(() => pool.end());
    const emails = await listEmails(roster);
    const selects = await Promise.all(
      emails.map((email) => statementsOf(pool, (db) => emailIsTaken(db, email))),
    );
    let asked = 0;
    const select = () => sendStatements(pool, selects[asked++ % selects.length]!);
    const requests = emails.map(requestOf);
    const value = await ratioOf(
      () => requestsPerCpuSecond(withDatabase(roster), requests, PRESSURE),
      () => timesPerCpuSecond(roster, select, PRESSURE),
    );
    const of = "only the select through pg, answers/s, database included";
    tell({ name: "email_exists: GET /email_exists", value, unit: "ratio", of });
  },
};

async function listEmails({ services: { db } }: BenchRoster): Promise<string[]> {
  const rows = await db.selectFrom("users").select("email").orderBy("id").limit(CLIENTS).execute();
  return rows.map(({ email }) => email);
}

/** A question from a client of its own, as the proxy reports it. */
function requestOf(email: string, client: number): BenchRequest {
  const address = `10.0.${client >> 8}.${client & 255}`;
  return {
    path: `/email_exists?${new URLSearchParams({ email })}`,
    headers: { "accept": "application/json", "x-forwarded-for": address },
  };
}
