import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { CodesStoredForm, RecoveryCodes } from "@/components/RecoveryCodes.tsx";
import RecoveryCodeTools from "@/islands/RecoveryCodeTools.tsx";
import { authorisePage } from "@/lib/domain/authorise.ts";
import { confirmCodesStored, makeRecoveryCodes } from "@/lib/domain/accounts/two_factor.ts";
import { codesStoredForm } from "@/lib/shared/sign_in_forms.ts";
import { done, EMPTY_FORM, type FormView, onForm, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readChange } from "@/lib/web/require_form.ts";

interface CodesView extends FormView {
  readonly codes?: readonly string[];
}

function POST(ctx: SignedInContext): Promise<Response | PageResponse<CodesView>> {
  return onForm<CodesView>(ctx, async (texts) => {
    const { services, actor } = ctx.state;
    await readChange(ctx, ["done", ...Object.keys(codesStoredForm)]);
    if (texts.has("done") || texts.has("stored")) return await finish(ctx, texts.get("stored"));
    const codes = await makeRecoveryCodes(services, actor);
    return wantsHtml(ctx.req)
      ? page<CodesView>({ ...EMPTY_FORM, codes })
      : Response.json({ recovery_codes: codes });
  });
}

async function finish(
  ctx: SignedInContext,
  stored: string | undefined,
): Promise<Response | PageResponse<CodesView>> {
  if (stored !== "1") {
    return page<CodesView>({
      values: {},
      errors: { stored: "Tick this once you have stored them" },
    }, {
      status: 422,
    });
  }
  await confirmCodesStored(ctx.state.services, ctx.state.actor);
  return done(ctx, { flash: "make_recovery_codes", location: "/security" });
}

export const handler = defineSignedIn.handlers({
  GET: async ({ state: { services, actor } }) => {
    await authorisePage(services.db, actor, "make_recovery_codes", actor.userId);
    return page<CodesView>(EMPTY_FORM);
  },
  POST,
});

export default defineSignedIn.page<typeof handler>(({ data, state: { viewer } }) => {
  const { problem, errors } = data;
  const { user_id: viewer_id } = viewer;
  if ("codes" in data && data.codes) {
    const { codes } = data;
    return (
      <RecoveryCodes
        codes={codes}
        viewer_id={viewer_id}
        tools={<RecoveryCodeTools codes={codes} />}
      >
        These are your new recovery codes. The earlier ones do not work any more.
      </RecoveryCodes>
    );
  }
  return (
    <>
      <PageHeader title="Recovery codes" />
      <div class="card card-body form-narrow">
        {problem && <Alert kind="error">{problem}</Alert>}
        {errors.stored && <CodesStoredForm viewer_id={viewer_id} error={errors.stored} />}
        <form method="post" action="/recovery_codes">
          <HiddenFields values={{ viewer_id }} />
          <p>New codes replace the earlier ones, which stop working at once.</p>
          <div class="form-actions">
            <button type="submit" class="btn btn-primary">Make new codes</button>
            <a class="btn btn-quiet" href="/security">Cancel</a>
          </div>
        </form>
      </div>
    </>
  );
});
