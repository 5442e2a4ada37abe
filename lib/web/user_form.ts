import { page, type PageResponse } from "fresh";
import { getUser } from "@/lib/domain/users/read_users.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import { usualReturn } from "@/lib/shared/user_rows.ts";
import type { UserView } from "@/lib/shared/views.ts";
import { EMPTY_FORM, type FormView, valuesOf } from "./answer.ts";
import type { ApiContext } from "./define.ts";
import { readInput } from "./input.ts";
import { requireForm } from "./require_form.ts";
import { pathAfter } from "./safe_path.ts";

/** A form about a user on its own page. */
export interface UserFormView extends FormView {
  readonly user: UserView;
  /** Path to return to: the field `next`, or {@linkcode usualReturn}. */
  readonly next: string;
}

/**
 * Returns the page of a form about the requested user: an empty one, or `form` as it came back from
 * {@linkcode onForm}.
 */
export async function userFormPage<Form extends FormView>(
  ctx: ApiContext,
  form: Response | PageResponse<Form>,
): Promise<Response | PageResponse<Form & UserFormView>> {
  if (form instanceof Response) return form;
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const user = await getUser(services, actor, requireForm(userIdForm, texts).user_id);
  const next = pathAfter(texts, user.user_id, usualReturn(user.user_id, actor.userId));
  return { ...form, data: { ...form.data, user, next } };
}

/**
 * Opens the page of a form about a user. It continues with previous input only after a POST, as
 * when signing in came in between: another site could have written a link.
 */
export async function openUserForm(
  ctx: ApiContext,
): Promise<Response | PageResponse<UserFormView>> {
  const { texts } = await readInput(ctx);
  const values = ctx.req.method === "POST" ? valuesOf(texts) : {};
  return await userFormPage(ctx, page<FormView>({ ...EMPTY_FORM, values }));
}
