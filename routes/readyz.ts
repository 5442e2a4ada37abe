import { isReady } from "@/lib/domain/operation/service_states.ts";
import { define } from "@/lib/web/define.ts";

/** Says whether the database answers and has all migrations, and the process is not ending. */
export const handler = define.handlers({
  GET: async (ctx) => {
    const ready = await isReady(ctx.state.services);
    return ctx.text(ready ? "ready\n" : "not ready\n", { status: ready ? 200 : 503 });
  },
});
