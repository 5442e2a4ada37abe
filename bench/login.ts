import { MANY, ratioOf } from "./kit/compare.ts";
import { serveRoster } from "./kit/roster.ts";
import { requestsPerCpuSecond, serveBareTwin } from "./kit/server.ts";
import type { Suite } from "./kit/suite.ts";

const PRESSURE = { connections: 32, durationMs: 250 };

/** The page that everybody sees first. It needs no database. */
export const login: Suite = {
  summary: "GET /login in production, against a bare Deno.serve with the same answer",
  async run(tell) {
    await using roster = await serveRoster({ users: 1 });
    const page = { path: "/login", headers: { accept: "text/html" } };
    await using bare = await serveBareTwin(roster.server.port, page);
    const value = await ratioOf(
      () => requestsPerCpuSecond(roster.server, [page], PRESSURE),
      () => requestsPerCpuSecond(bare, [page], PRESSURE),
      MANY,
    );
    const of = "a bare Deno.serve, requests/s";
    tell({ name: "login: GET /login", value, unit: "ratio", of, target: { atLeast: 0.25 } });
  },
};
