import { page } from "fresh";
import { SecurityCards } from "@/components/SecurityCards.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { securityOf } from "@/lib/domain/accounts/two_factor.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn } from "@/lib/web/define.ts";

export const handler = defineSignedIn.handlers({
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
