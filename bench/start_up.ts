import { median } from "./kit/compare.ts";
import { serveRoster } from "./kit/roster.ts";
import { type BenchServer, serveModule } from "./kit/server.ts";
import type { Suite } from "./kit/suite.ts";

const STARTS = 9;

/** Time without answers when the application restarts. */
export const startUp: Suite = {
  summary:
    "From the start of the process to the first page, in production, and of a bare Deno.serve",
  async run(tell) {
    await using roster = await serveRoster({ users: 1 });
    const [ours, bare]: [number[], number[]] = [[], []];
    for (let i = 0; i < STARTS; i++) {
      ours.push(await msToFirstAnswer(roster.serveAgain, "/login"));
      bare.push(
        await msToFirstAnswer(
          () => serveModule("bench/servers/bare.ts", { args: ["[]", "/dev/null"] }),
          "/",
        ),
      );
    }
    const name = "start_up: first answer";
    tell({ name, value: median(ours), unit: "ms", target: { atMost: 300 } });
    tell({ name: `${name} of a bare Deno.serve`, value: median(bare), unit: "ms" });
  },
};

async function msToFirstAnswer(start: () => Promise<BenchServer>, path: string): Promise<number> {
  const begin = performance.now();
  await using server = await start();
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  await response.bytes();
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
  return performance.now() - begin;
}
