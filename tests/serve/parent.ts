/** A process that has started another one by its arguments, as `deno task start` has its server. */
import { startChild } from "@/lib/serve/child.ts";

Deno.exit(await startChild([...Deno.args, `--parent=${Deno.pid}`]).ended ? 0 : 1);
