import { createBuilder } from "@/lib/build/builder.ts";
import { loadSettings } from "@/lib/settings.ts";

const builder = createBuilder();

if (Deno.args.includes("build")) {
  await builder.build();
} else {
  const { host, port } = loadSettings();
  await builder.listen(() => import("./main.ts"), { hostname: host, port });
}
