import { homeOf } from "@/lib/shared/permissions.ts";
import { define } from "@/lib/web/define.ts";

/** Redirects to the viewer's start page. */
export const handler = define.handlers({
  GET: (ctx) => ctx.redirect(homeOf(ctx.state.viewer?.role)),
});
