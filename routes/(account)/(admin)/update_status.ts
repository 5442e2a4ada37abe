import { updateStatus } from "@/lib/domain/update_status.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { statusForm } from "@/lib/shared/user_forms.ts";
import { done, safePath } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext, type SignedInState } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { byFormMethod } from "@/lib/web/method_override.ts";
import { inputProblem, problemJson } from "@/lib/web/problem.ts";

async function PUT(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const form = parseForm(statusForm, texts);
  if (!form.ok) return problemJson(inputProblem(422, form.errors));
  const changed = await updateStatus(services, actor, form.value);
  return done(ctx, {
    flash: changed.status === "active" ? "user_activated" : "user_suspended",
    location: safePath(texts.get("next"), "/user_list"),
    data: { ...changed },
  });
}

export const handler = defineSignedIn.handlers({ PUT, POST: byFormMethod<SignedInState>({ PUT }) });
