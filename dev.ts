import { createBuilder } from "@/lib/build/builder.ts";

const builder = createBuilder();

if (Deno.args.includes("build")) await builder.build();
else await builder.listen(() => import("./main.ts"));
