import { page } from "fresh";
import { LinkToCopy } from "@/components/LinkToCopy.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import CopyButton from "@/islands/CopyButton.tsx";
import { copyInvitation } from "@/lib/domain/accounts/invitations.ts";
import { ONE_TIME } from "@/lib/shared/one_time.ts";
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
    <LinkToCopy
      email={email}
      link={link}
      minutes={ONE_TIME.invitation.linkMinutes}
      power="it makes an account for whoever opens it"
      label="Link of the invitation"
      copy={<CopyButton text={link} />}
      back={<a class="btn btn-quiet" href="/invitations">Back to the invitations</a>}
    />
  </>
));
