import { page, type PageResponse } from "fresh";
import { PageHeader } from "@/components/PageHeader.tsx";
import { SavedViews, SaveViewForm } from "@/components/SavedViews.tsx";
import { refuse } from "@/lib/domain/errors.ts";
import { listSavedViews, removeView, saveView } from "@/lib/domain/users/saved_views.ts";
import { saveViewForm, viewIdForm, viewsForm } from "@/lib/shared/list_forms.ts";
import type { SavedViewView } from "@/lib/shared/views.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { parseChange, requireChange, requireForm } from "@/lib/web/require_form.ts";

interface ViewsView extends FormView {
  readonly views: readonly SavedViewView[];
}

async function POST(ctx: SignedInContext): Promise<Response | PageResponse<ViewsView>> {
  const { services, actor } = ctx.state;
  const answer = await onForm<FormView>(ctx, async (texts) => {
    const form = await parseChange(ctx, saveViewForm);
    if (!form.ok) return refused(ctx, refuse(form.errors), texts);
    const outcome = await saveView(services, actor, form.value);
    if (!outcome.ok) return refused(ctx, outcome, texts);
    const { value: view } = outcome;
    const { name, path: location } = view;
    return done(ctx, { flash: "save_view", name, location, data: { view }, status: 201 });
  });
  if (answer instanceof Response) return answer;
  return { ...answer, data: { ...answer.data, views: await listSavedViews(services, actor) } };
}

async function DELETE(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { view_id } = await requireChange(ctx, viewIdForm);
  const { name } = await removeView(services, actor, view_id);
  return done(ctx, { flash: "remove_view", name, location: "/user_views" });
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { query } = requireForm(viewsForm, (await readInput(ctx)).texts);
    const views = await listSavedViews(services, actor);
    const values: FormView["values"] = query === undefined ? {} : { query };
    return wantsHtml(ctx.req)
      ? page<ViewsView>({ ...EMPTY_FORM, values, views })
      : Response.json({ views });
  },
  POST,
  DELETE,
});

export default defineSignedIn.page<typeof handler>(({ data, state }) => {
  const { views, values, errors, problem } = data;
  const { user_id: viewer_id } = state.viewer;
  return (
    <>
      <PageHeader title="Views of the user list">
        <a class="btn btn-quiet" href="/user_list">All users</a>
      </PageHeader>
      {values.query !== undefined && (
        <SaveViewForm values={values} errors={errors} problem={problem} viewer_id={viewer_id} />
      )}
      <SavedViews views={views} viewer_id={viewer_id} />
    </>
  );
});
