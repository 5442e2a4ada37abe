import { page, type PageResponse } from "fresh";
import { InvitationList } from "@/components/InvitationList.tsx";
import { InviteForm } from "@/components/InviteForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import {
  inviteUser,
  listInvitationPage,
  resendInvitation,
  withdrawInvitation,
} from "@/lib/domain/accounts/invitations.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { idPageForm } from "@/lib/shared/list_forms.ts";
import { invitationIdForm, inviteForm } from "@/lib/shared/user_forms.ts";
import type { InvitationListView } from "@/lib/shared/operation_views.ts";
import {
  done,
  EMPTY_FORM,
  type FormView,
  onForm,
  refused,
  valuesOf,
  wantsHtml,
} from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { parseChange, requireChange, requireForm } from "@/lib/web/require_form.ts";

const PATH = "/invitations";

interface InvitationsView extends FormView {
  readonly list: InvitationListView;
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const list = await listInvitationPage(services, actor, requireForm(idPageForm, texts));
    if (!wantsHtml(ctx.req)) return Response.json(list);
    // A POST opens the form again after a sign-in. Another site could have written a link.
    const values = ctx.req.method === "POST" ? valuesOf(texts) : {};
    return page<InvitationsView>({ ...EMPTY_FORM, values, list });
  },
  POST: async (ctx) => await withList(ctx, await onForm(ctx, () => invite(ctx))),
  PUT: (ctx) => onRow(ctx, PUT),
  DELETE: (ctx) => onRow(ctx, DELETE),
});

async function invite(ctx: SignedInContext): Promise<Response | PageResponse<FormView>> {
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const form = await parseChange(ctx, inviteForm);
  if (!form.ok) return refused(ctx, refuse(form.errors), texts);
  const data = { ...await inviteUser(services, actor, form.value) };
  return done(ctx, { flash: "invite_user", location: PATH, status: 201, data });
}

async function PUT(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { invitation_id } = await requireChange(ctx, invitationIdForm);
  const data = { ...await resendInvitation(services, actor, invitation_id) };
  return done(ctx, { flash: "resend_invitation", location: PATH, data });
}

async function DELETE(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { invitation_id } = await requireChange(ctx, invitationIdForm);
  const data = { ...await withdrawInvitation(services, actor, invitation_id) };
  return done(ctx, { flash: "withdraw_invitation", location: PATH, data });
}

/** Answers the button of a row. If a rule is broken, the list comes back with the reason. */
async function onRow(ctx: SignedInContext, handle: (ctx: SignedInContext) => Promise<Response>) {
  const answer = await onForm<FormView>(ctx, () => handle(ctx));
  return await withList(ctx, answer);
}

/** Shows the first page of the list below a form that came back. */
async function withList(
  ctx: SignedInContext,
  form: Response | PageResponse<FormView>,
): Promise<Response | PageResponse<InvitationsView>> {
  if (form instanceof Response) return form;
  const { services, actor } = ctx.state;
  const list = await listInvitationPage(services, actor, { after: undefined, before: undefined });
  return { ...form, data: { ...form.data, list } };
}

export default defineSignedIn.page<typeof handler>(({ data, state }) => {
  const { list, values, errors, problem } = data as InvitationsView;
  const { user_id: viewer_id } = state.viewer;
  return (
    <>
      <PageHeader title="Invitations" />
      <InviteForm values={values} errors={errors} problem={problem} viewer_id={viewer_id} />
      <InvitationList view={list} viewer_id={viewer_id} />
    </>
  );
});
