import { page } from "fresh";
import { ActivityList, DisownActivity } from "@/components/ActivityList.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { disownActivity, listOwnActivity } from "@/lib/domain/accounts/activity.ts";
import { idPageForm } from "@/lib/shared/list_forms.ts";
import { done, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireChange, requireForm } from "@/lib/web/require_form.ts";

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const view = await listOwnActivity(services, actor, requireForm(idPageForm, texts));
    return wantsHtml(ctx.req) ? page(view) : Response.json(view);
  },
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    await requireChange(ctx, {});
    await disownActivity(services, actor);
    return done(ctx, { flash: "disown_activity", location: "/change_password" });
  },
});

export default defineSignedIn.page<typeof handler>(({ data: view, state, url }) => (
  <>
    <PageHeader title="Activity" />
    <DisownActivity viewer_id={state.viewer.user_id} />
    <ActivityList
      view={view}
      viewer_id={state.viewer.user_id}
      path={url.pathname + url.search}
    />
  </>
));
