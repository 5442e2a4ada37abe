import { isMigrated } from "@/lib/db/migrator.ts";
import { define } from "@/lib/web/define.ts";

/** The database answers and has all migrations. */
export const handler = define.handlers({
  GET: async (ctx) => {
    const { db, log } = ctx.state.services;
    const ready = await isMigrated(db).catch((error: unknown) => {
      log.warn({ err: error }, "The database does not answer");
      return false;
    });
    return ctx.text(ready ? "ready\n" : "not ready\n", { status: ready ? 200 : 503 });
  },
});
