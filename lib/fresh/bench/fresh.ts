import { MANY, ratioOf } from "@/bench/kit/compare.ts";
import {
  type BenchServer,
  requestsPerCpuSecond,
  serveBareTwin,
  serveModule,
} from "@/bench/kit/server.ts";
import type { Measurement, Suite } from "@/bench/kit/suite.ts";

const ROUND_MS = 250;
const CONNECTIONS = 32;

/** Pages of lib/fresh/bench/servers/fresh.tsx, and the connections that ask for them. */
const PAGES = [
  { name: "page with an island", path: "/island", connections: CONNECTIONS, atLeast: 0.6 },
  { name: "page with an island, 512 connections", path: "/island", connections: 512, atLeast: 0.6 },
  { name: "page with a table of 25 rows", path: "/table", connections: CONNECTIONS, atLeast: 0.5 },
  { name: "JSON of a user", path: "/json", connections: CONNECTIONS, atLeast: 0.8 },
  { name: "static file", path: "/site.css", connections: CONNECTIONS, atLeast: 0.8 },
] as const;

const ROUTES = [10, 100, 1000] as const;

/** `lib/fresh` against a bare `Deno.serve` that gives the very same answers. */
export const fresh: Suite = {
  summary: "Requests a second through lib/fresh, against a bare Deno.serve with the same answers",
  async run(tell) {
    await using server = await serveModule("lib/fresh/bench/servers/fresh.tsx");
    for (const { name, path, connections, atLeast } of PAGES) {
      tell({ ...await compareToBare(name, server, path, connections), target: { atLeast } });
    }
    // How much of the table's cost is no framework's.
    await using preact = await serveModule("lib/fresh/bench/servers/preact.tsx");
    tell(await compareToBare("Preact alone, the same table", preact, "/table", CONNECTIONS));
    // Most of what it costs is `JSON.stringify()`, which the baseline has behind it.
    tell(await compareToBare("JSON of 25 users", server, "/json_list", CONNECTIONS));
    for (const count of ROUTES) {
      await using many = await serveModule("lib/fresh/bench/servers/fresh.tsx", {
        args: [String(count)],
      });
      const last = `/many/${count - 1}/7`;
      tell(await compareToBare(`the last of ${count} routes`, many, last, CONNECTIONS));
    }
  },
};

async function compareToBare(
  name: string,
  server: BenchServer,
  path: string,
  connections: number,
): Promise<Measurement> {
  await using bare = await serveBareTwin(server.port, { path });
  const pressure = { connections, durationMs: ROUND_MS };
  const value = await ratioOf(
    () => requestsPerCpuSecond(server, [{ path }], pressure),
    () => requestsPerCpuSecond(bare, [{ path }], pressure),
    MANY,
  );
  return { name: `fresh: ${name}`, value, unit: "ratio", of: "a bare Deno.serve, requests/s" };
}
