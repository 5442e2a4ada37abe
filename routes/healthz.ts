import { define } from "@/lib/web/define.ts";

/** Answers while the process is alive. */
export const handler = define.handlers({ GET: (ctx) => ctx.text("ok\n") });
