import { createBuilder } from "@/lib/build/builder.ts";
import { buildForProduction } from "@/lib/build/production_build.ts";
import { failureText } from "@/lib/cli/failure.ts";
import { assertPortFree } from "@/lib/serve/port.ts";
import { onOrphaned } from "@/lib/serve/signals.ts";
import { loadSettings } from "@/lib/settings.ts";

async function build(): Promise<void> {
  await buildForProduction("_fresh", { say: console.log });
}

/** Serves with live reload. Deno reports errors in the code and waits for a change. */
async function serve(): Promise<void> {
  const { host, port } = loadSettings();
  if (port !== 0) await assertPortFree({ host, port });
  // Without `deno task` nobody could end it.
  onOrphaned(Deno.ppid, () => Deno.exit(1));
  createBuilder().listen(() => import("./main.ts"), { hostname: host, port });
}

try {
  await (Deno.args.includes("build") ? build() : serve());
} catch (error) {
  console.error(failureText(error));
  Deno.exit(1);
}
