import { emailExists } from "@/lib/domain/users.ts";
import { optional, rowId } from "@/lib/shared/fields.ts";
import { parseForm } from "@/lib/shared/form.ts";
import { define } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { inputProblem, problemJson } from "@/lib/web/problem.ts";

const emailExistsForm = { user_id: optional(rowId({ label: "user_id" })) };

/** Tells the form that is being filled in whether an address will do. */
export const handler = define.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const form = parseForm(emailExistsForm, texts);
    if (!form.ok) return problemJson(inputProblem(422, form.errors));
    const text = texts.get("email") ?? "";
    return Response.json(await emailExists(services, actor, text, form.value.user_id));
  },
});
