import { page, type PageResponse } from "fresh";
import { LeaveForm } from "@/components/LeaveForm.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { leave } from "@/lib/domain/accounts/leave.ts";
import { authorisePage } from "@/lib/domain/authorise.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { leaveForm } from "@/lib/shared/user_forms.ts";
import { done, type FormView, onForm, refused, valuesOf } from "@/lib/web/answer.ts";
import { clearCookie } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { parseChange } from "@/lib/web/require_form.ts";

async function GET(ctx: SignedInContext): Promise<PageResponse<FormView>> {
  const { services, actor } = ctx.state;
  await authorisePage(services.db, actor, "leave", actor.userId);
  // A form that had to wait for a step-up comes back with its input.
  const { texts } = await readInput(ctx);
  return page({ values: ctx.req.method === "POST" ? valuesOf(texts) : {}, errors: {} });
}

function POST(ctx: SignedInContext): Promise<Response | PageResponse<FormView>> {
  return onForm<FormView>(ctx, async (texts) => {
    const { services, actor } = ctx.state;
    const form = await parseChange(ctx, leaveForm);
    if (!form.ok) return refused(ctx, refuse(form.errors), texts);
    const { username: typed, erase } = form.value;
    const afterwards = erase === "1" ? "erased" : "kept";
    const outcome = await leave(services, actor, { typed, afterwards });
    if (!outcome.ok) return refused(ctx, outcome, texts);
    return done(ctx, {
      flash: `leave.${afterwards}`,
      location: "/login",
      data: { ...outcome.value },
      cookies: [clearCookie(services.settings, "session")],
    });
  });
}

export const handler = defineSignedIn.handlers({ GET, POST });

export default defineSignedIn.page<typeof handler>(({ data, state: { viewer } }) => (
  <>
    <PageHeader title="Delete your account" />
    <LeaveForm {...data} username={viewer.username} viewer_id={viewer.user_id} />
  </>
));
