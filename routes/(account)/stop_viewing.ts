import { stopViewing } from "@/lib/domain/accounts/viewing.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { done } from "@/lib/web/answer.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { requireChange } from "@/lib/web/require_form.ts";

export const handler = defineSignedIn.handlers({
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    await requireChange(ctx, {});
    await stopViewing(services, actor);
    // Back to where it began.
    const location = actor.viewedBy ? "/user_list" : homeOf(actor.role);
    return done(ctx, { flash: "stop_viewing.own", location });
  },
});
