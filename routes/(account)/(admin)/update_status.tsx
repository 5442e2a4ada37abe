import { ActionPage } from "@/components/ActionPage.tsx";
import { updateStatus } from "@/lib/domain/users/update_status.ts";
import { statusForm } from "@/lib/shared/user_forms.ts";
import { type ApiContext, defineApi } from "@/lib/web/define.ts";
import { parseChange } from "@/lib/web/require_form.ts";
import { answerAction, onUserForm } from "@/lib/web/user_action.ts";
import { openUserForm } from "@/lib/web/user_form.ts";

const PUT = (ctx: ApiContext) =>
  onUserForm(ctx, () => parseChange(ctx, statusForm), async (change) => {
    const { services, actor } = ctx.state;
    const changed = await updateStatus(services, actor, change);
    const action = changed.status === "active" ? "activate_user" : "suspend_user";
    return await answerAction(ctx, action, changed);
  });

// With script, a modal replaces this page.
export const handler = defineApi.handlers({ GET: openUserForm, PUT });

export default defineApi.page<typeof handler>(({ data, state }) => (
  <ActionPage action="suspend_user" viewer_id={state.viewer.user_id} {...data} />
));
