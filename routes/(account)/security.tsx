import { page } from "fresh";
import { SecurityCards } from "@/components/SecurityCards.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { endBrowserTrust } from "@/lib/domain/accounts/trusted_browsers.ts";
import { securityOf } from "@/lib/domain/accounts/two_factor.ts";
import { endAllTrustForm, endTrustForm } from "@/lib/shared/sign_in_forms.ts";
import { done, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireChange } from "@/lib/web/require_form.ts";

async function DELETE(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const browserId = texts.has("browsers")
    ? await requireChange(ctx, endAllTrustForm).then(() => undefined)
    : (await requireChange(ctx, endTrustForm)).browser_id;
  await endBrowserTrust(services, actor, browserId);
  return done(ctx, { flash: "end_browser_trust", location: "/security" });
}

export const handler = defineSignedIn.handlers({
  DELETE,
  GET: async (ctx) => {
    const security = await securityOf(ctx.state.services, ctx.state.actor);
    return wantsHtml(ctx.req) ? page(security) : Response.json(security);
  },
});

export default defineSignedIn.page<typeof handler>(({ data: security, state }) => (
  <>
    <PageHeader title="Security" />
    <SecurityCards security={security} viewer_id={state.viewer.user_id} />
  </>
));
