import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { EmailList } from "@/components/EmailList.tsx";
import { LinkToCopy } from "@/components/LinkToCopy.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import CopyButton from "@/islands/CopyButton.tsx";
import {
  type CopiedLink,
  copyEmailLink,
  discardEmail,
  listEmailPage,
  sendEmailAgain,
} from "@/lib/domain/accounts/waiting_letters.ts";
import { emailIdForm } from "@/lib/shared/user_forms.ts";
import { idPageForm } from "@/lib/shared/list_forms.ts";
import type { EmailListView } from "@/lib/shared/operation_views.ts";
import { done, EMPTY_FORM, type FormView, onForm, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireChange, requireForm } from "@/lib/web/require_form.ts";

const PATH = "/emails";

interface EmailsView extends FormView {
  readonly list: EmailListView;
}

interface CopiedView extends FormView {
  readonly copied: CopiedLink;
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    // A POST opens the list again after a proof.
    const query = ctx.req.method === "POST" ? FIRST_PAGE : requireForm(idPageForm, texts);
    const list = await listEmailPage(services, actor, query);
    return wantsHtml(ctx.req) ? page<EmailsView>({ ...EMPTY_FORM, list }) : Response.json(list);
  },
  POST: (ctx) => onRow(ctx, copy),
  PUT: (ctx) => onRow(ctx, PUT),
  DELETE: (ctx) => onRow(ctx, DELETE),
});

const FIRST_PAGE = { after: undefined, before: undefined };

async function copy(ctx: SignedInContext): Promise<Response | PageResponse<CopiedView>> {
  const { services, actor } = ctx.state;
  const { email_id } = await requireChange(ctx, emailIdForm);
  const copied = await copyEmailLink(services, actor, email_id);
  return wantsHtml(ctx.req)
    ? page<CopiedView>({ ...EMPTY_FORM, copied })
    : Response.json({ ...copied });
}

async function PUT(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { email_id } = await requireChange(ctx, emailIdForm);
  await sendEmailAgain(services, actor, email_id);
  return done(ctx, { flash: "send_email_again", location: PATH });
}

async function DELETE(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { email_id } = await requireChange(ctx, emailIdForm);
  await discardEmail(services, actor, email_id);
  return done(ctx, { flash: "discard_email", location: PATH });
}

/** Answers the button of a row. If a rule is broken, the list comes back with the reason. */
async function onRow(
  ctx: SignedInContext,
  handle: (ctx: SignedInContext) => Promise<Response | PageResponse<CopiedView>>,
): Promise<Response | PageResponse<CopiedView | EmailsView>> {
  const answer = await onForm<CopiedView>(ctx, () => handle(ctx));
  if (answer instanceof Response) return answer;
  const { data } = answer;
  if ("copied" in data) return { ...answer, data };
  const { services, actor } = ctx.state;
  const list = await listEmailPage(services, actor, FIRST_PAGE);
  return { ...answer, data: { ...data, list } };
}

export default defineSignedIn.page<typeof handler>(({ data, state }) => {
  if ("copied" in data) return <Copied copied={data.copied} />;
  return (
    <>
      <PageHeader title="E-mails" />
      {data.problem && <Alert kind="error">{data.problem}</Alert>}
      <EmailList view={data.list} viewer_id={state.viewer.user_id} />
    </>
  );
});

function Copied({ copied: { email, link, minutes } }: { readonly copied: CopiedLink }) {
  return (
    <>
      <PageHeader title="Link of an e-mail" />
      <LinkToCopy
        email={email}
        link={link}
        minutes={minutes}
        power="with it one can act for this person"
        label="Link of the e-mail"
        copy={<CopyButton text={link} />}
        back={<a class="btn btn-quiet" href={PATH}>Back to the e-mails</a>}
      />
    </>
  );
}
