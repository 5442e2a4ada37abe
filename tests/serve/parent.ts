/** A process that starts the command in its arguments, as `deno task start` starts its server. */
import { startChild } from "@/lib/serve/child.ts";

Deno.exit(await startChild([...Deno.args, `--parent=${Deno.pid}`]).ended ? 0 : 1);
