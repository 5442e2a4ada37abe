import { SAMPLE_PASSWORD } from "@/lib/domain/operation/seed_users.ts";
import { ratioOf } from "./kit/compare.ts";
import type { BenchRequest } from "./kit/load.ts";
import { listActiveUsers, serveRoster, withDatabase } from "./kit/roster.ts";
import { requestsPerCpuSecond, serveModule } from "./kit/server.ts";
import type { Suite } from "./kit/suite.ts";

const USERS = 200;
const SIGNING_IN = 100;
const PRESSURE = { connections: 8, durationMs: 2_000 };

/** The one request that is slow on purpose, but should be no slower. */
export const signIn: Suite = {
  summary: "POST /login, against a server that computes the hash and nothing else",
  async run(tell) {
    await using roster = await serveRoster({ users: USERS });
    await using bare = await serveModule("bench/servers/hash.ts");
    const users = await listActiveUsers(roster.services.db, SIGNING_IN);
    const requests = users.map(({ username }) => requestOf(username));
    const value = await ratioOf(
      () => requestsPerCpuSecond(withDatabase(roster), requests, PRESSURE),
      () => requestsPerCpuSecond(bare, [{ path: "/" }], PRESSURE),
    );
    const of = "the bare Argon2id, sign-ins/s, database included";
    tell({ name: "sign_in: POST /login", value, unit: "ratio", of });
  },
};

function requestOf(username: string): BenchRequest {
  const headers = {
    "accept": "application/json",
    "content-type": "application/json",
    "sec-fetch-site": "same-origin",
  };
  const body = JSON.stringify({ username, password: SAMPLE_PASSWORD });
  return { path: "/login", method: "POST", headers, body };
}
