import { restoreUser } from "@/lib/domain/users/deleted_users.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import { displayName } from "@/lib/shared/users.ts";
import { done, safePath } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext, type SignedInState } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { byFormMethod } from "@/lib/web/method_override.ts";
import { requireChange } from "@/lib/web/require_form.ts";

async function PUT(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const { user_id } = await requireChange(ctx, userIdForm);
  const restored = await restoreUser(services, actor, user_id);
  return done(ctx, {
    flash: "user_restored",
    name: displayName(restored),
    location: safePath(texts.get("next"), "/deleted_users"),
    data: { ...restored },
  });
}

export const handler = defineSignedIn.handlers({ PUT, POST: byFormMethod<SignedInState>({ PUT }) });
