import { homeOf } from "@/lib/shared/permissions.ts";
import { define } from "@/lib/web/define.ts";

/** The page to start from is another one for everybody. */
export const handler = define.handlers({
  GET: (ctx) => ctx.redirect(homeOf(ctx.state.viewer?.role)),
});
