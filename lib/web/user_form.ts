import { page, type PageResponse } from "fresh";
import { getUser } from "@/lib/domain/users/read_users.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import type { UserView } from "@/lib/shared/views.ts";
import { EMPTY_FORM, type FormView, valuesOf } from "./answer.ts";
import type { SignedInContext } from "./define.ts";
import { readInput } from "./input.ts";
import { requireForm } from "./require_form.ts";
import { safePath } from "./safe_path.ts";

/** A form about a user, on a page of its own. */
export interface UserFormView extends FormView {
  readonly user: UserView;
  /** Path of the page to come back to: the field `next`, or the place where one finds the user. */
  readonly next: string;
}

/**
 * The page of a form about the user whom the request names: one that nobody has filled in yet, or
 * `form`, which came back from {@linkcode onForm}.
 */
export async function userFormPage<Form extends FormView>(
  ctx: SignedInContext,
  form: Response | PageResponse<Form>,
): Promise<Response | PageResponse<Form & UserFormView>> {
  if (form instanceof Response) return form;
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const user = await getUser(services, actor, requireForm(userIdForm, texts).user_id);
  const home = user.user_id === actor.userId ? "/profile" : "/user_list";
  const next = safePath(texts.get("next"), home);
  return { ...form, data: { ...form.data, user, next } };
}

/**
 * The page of a form about a user that is about to be filled in; or goes on with what was typed, where
 * signing in came in between. A link cannot fill it in: another site could have written the link.
 */
export async function openUserForm(
  ctx: SignedInContext,
): Promise<Response | PageResponse<UserFormView>> {
  const { texts } = await readInput(ctx);
  const values = ctx.req.method === "POST" ? valuesOf(texts) : {};
  return await userFormPage(ctx, page<FormView>({ ...EMPTY_FORM, values }));
}
