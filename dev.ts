import { createBuilder } from "@/lib/build/builder.ts";
import { buildForProduction } from "@/lib/build/production_build.ts";
import { loadSettings } from "@/lib/settings.ts";

if (Deno.args.includes("build")) {
  await buildForProduction();
} else {
  const { host, port } = loadSettings();
  await createBuilder().listen(() => import("./main.ts"), { hostname: host, port });
}
