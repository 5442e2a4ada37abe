import { page } from "fresh";
import { DeletedPerson } from "@/components/DeletedPerson.tsx";
import { PersonPage } from "@/components/PersonPage.tsx";
import { viewPerson } from "@/lib/domain/users/view_person.ts";
import { personForm } from "@/lib/shared/user_forms.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineApi } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireForm } from "@/lib/web/require_form.ts";

export const handler = defineApi.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const { user_id, ...query } = requireForm(personForm, texts);
    const view = await viewPerson(services, actor, user_id, query);
    return wantsHtml(ctx.req) ? page(view) : Response.json(view);
  },
});

export default defineApi.page<typeof handler>(({ data: view, state }) => {
  const { user_id: viewer_id } = state.viewer;
  return "deleted" in view
    ? <DeletedPerson view={view} viewer_id={viewer_id} />
    : <PersonPage view={view} viewer_id={viewer_id} />;
});
