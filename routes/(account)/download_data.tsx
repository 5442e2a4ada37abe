import { page, type PageResponse } from "fresh";
import { makeZip } from "client-zip";
import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { downloadData } from "@/lib/domain/accounts/download_data.ts";
import { authorisePage } from "@/lib/domain/authorise.ts";
import { EMPTY_FORM, type FormView, onForm, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readChange } from "@/lib/web/require_form.ts";

/** A browser gets the page, a script the file. */
async function GET(ctx: SignedInContext): Promise<Response | PageResponse<FormView>> {
  const { services, actor } = ctx.state;
  if (!wantsHtml(ctx.req)) return await zip(ctx);
  await authorisePage(services.db, actor, "download_data", actor.userId);
  return page(EMPTY_FORM);
}

function POST(ctx: SignedInContext): Promise<Response | PageResponse<FormView>> {
  return onForm<FormView>(ctx, async () => {
    await readChange(ctx, []);
    return await zip(ctx);
  });
}

async function zip({ state: { services, actor } }: SignedInContext): Promise<Response> {
  const files = await downloadData(services, actor);
  const filename = `${services.settings.appSlug}-data.zip`;
  return new Response(makeZip(files), {
    headers: {
      "content-type": "application/zip",
      "content-disposition": `attachment; filename="${filename}"`,
    },
  });
}

export const handler = defineSignedIn.handlers({ GET, POST });

export default defineSignedIn.page<typeof handler>(({ data: { problem }, state: { viewer } }) => (
  <>
    <PageHeader title="Download your data" />
    <form class="card card-body form-narrow" method="post" action="/download_data">
      {problem && <Alert kind="error">{problem}</Alert>}
      <HiddenFields values={{ viewer_id: viewer.user_id }} />
      <p>
        You get a ZIP file with everything that is stored about you: account, profile, picture,
        sessions and history. You can download it once an hour.
      </p>
      <div class="form-actions">
        <button type="submit" class="btn btn-primary">Download</button>
        <a class="btn btn-quiet" href="/security">Back</a>
      </div>
    </form>
  </>
));
