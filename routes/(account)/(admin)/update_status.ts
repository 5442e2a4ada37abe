import { updateStatus } from "@/lib/domain/update_status.ts";
import { statusForm } from "@/lib/shared/user_forms.ts";
import { done, safePath } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext, type SignedInState } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { byFormMethod } from "@/lib/web/method_override.ts";
import { requireChange } from "@/lib/web/require_form.ts";

async function PUT(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const input = await readInput(ctx);
  const changed = await updateStatus(services, actor, requireChange(statusForm, input));
  return done(ctx, {
    flash: changed.status === "active" ? "user_activated" : "user_suspended",
    location: safePath(input.texts.get("next"), "/user_list"),
    data: { ...changed },
  });
}

export const handler = defineSignedIn.handlers({ PUT, POST: byFormMethod<SignedInState>({ PUT }) });
