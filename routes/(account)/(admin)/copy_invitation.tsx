import { page } from "fresh";
import { InvitationLink } from "@/components/InvitationLink.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import CopyButton from "@/islands/CopyButton.tsx";
import { copyInvitation } from "@/lib/domain/accounts/invitations.ts";
import { invitationIdForm } from "@/lib/shared/user_forms.ts";
import { wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { requireChange } from "@/lib/web/require_form.ts";

export const handler = defineSignedIn.handlers({
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    const { invitation_id } = await requireChange(ctx, invitationIdForm);
    const copied = await copyInvitation(services, actor, invitation_id);
    return wantsHtml(ctx.req) ? page(copied) : Response.json(copied);
  },
});

export default defineSignedIn.page<typeof handler>(({ data: { email, link } }) => (
  <>
    <PageHeader title="Link of an invitation" />
    <InvitationLink email={email} link={link} copy={<CopyButton text={link} />} />
  </>
));
