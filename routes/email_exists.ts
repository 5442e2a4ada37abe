import { emailExists } from "@/lib/domain/accounts/email_exists.ts";
import { optional, rowId } from "@/lib/shared/fields.ts";
import { define, type RequestContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireForm } from "@/lib/web/require_form.ts";

const emailExistsForm = { user_id: optional(rowId({ label: "user_id" })) };

async function answer(ctx: RequestContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const { user_id } = requireForm(emailExistsForm, texts);
  const text = texts.get("email") ?? "";
  return Response.json(await emailExists(services, actor, text, user_id));
}

/**
 * Tells the form that is being filled in whether an address will do. The form asks by POST, so that
 * no log on the way has the address.
 */
export const handler = define.handlers({ GET: answer, POST: answer });
