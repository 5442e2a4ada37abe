import { ActionPage } from "@/components/ActionPage.tsx";
import { requireViewing, viewAs } from "@/lib/domain/accounts/viewing.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { answerAction, onUserForm, readAction } from "@/lib/web/user_action.ts";
import { openUserForm } from "@/lib/web/user_form.ts";

const PUT = (ctx: SignedInContext) =>
  onUserForm(ctx, () => readAction(ctx, "view_as"), async (input) => {
    const user = await viewAs(ctx.state.services, ctx.state.actor, input);
    return await answerAction(ctx, "view_as", user, { location: "/profile" });
  });

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    await requireViewing(ctx.state.services, ctx.state.actor);
    return await openUserForm(ctx);
  },
  PUT,
});

export default defineSignedIn.page<typeof handler>(({ data, state }) => (
  <ActionPage action="view_as" viewer_id={state.viewer.user_id} {...data} />
));
