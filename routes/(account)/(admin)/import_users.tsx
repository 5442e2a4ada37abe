import { page, type PageResponse } from "fresh";
import { ImportUpload, UserImport } from "@/components/UserImport.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import {
  cancelImport,
  getImport,
  listImports,
  stepImport,
  uploadImport,
} from "@/lib/domain/operation/user_imports.ts";
import {
  type ImportColumns,
  importColumnsForm,
  importIdForm,
  importStepForm,
} from "@/lib/shared/user_import.ts";
import type { FlashCode } from "@/lib/shared/flash.ts";
import type { ImportLine, ImportView } from "@/lib/shared/operation_views.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { readChange, requireForm } from "@/lib/web/require_form.ts";

/** Seconds after which the page of an import that goes on loads itself again, without script too. */
const RELOAD_SECONDS = 2;

const GOES_ON = ["checking", "running", "inviting"];

interface ImportPageView extends FormView {
  readonly found?: ImportView;
  /** Earlier imports of the admin. */
  readonly imports?: readonly ImportLine[];
}

async function GET(ctx: SignedInContext): Promise<Response | PageResponse<ImportPageView>> {
  const { texts } = await readInput(ctx);
  const { services, actor } = ctx.state;
  if (!texts.has("import_id")) {
    const imports = await listImports(services, actor);
    return wantsHtml(ctx.req)
      ? page<ImportPageView>({ ...EMPTY_FORM, imports })
      : Response.json({ imports });
  }
  const { import_id } = requireForm(importIdForm, texts);
  const found = await getImport(services, actor, import_id);
  if (!wantsHtml(ctx.req)) return Response.json(found);
  const headers = GOES_ON.includes(found.state) ? { refresh: String(RELOAD_SECONDS) } : {};
  return page<ImportPageView>({ ...EMPTY_FORM, found }, { headers });
}

async function open(ctx: SignedInContext, id: number, flash: FlashCode): Promise<Response> {
  const { services, actor } = ctx.state;
  const data = { ...await getImport(services, actor, id) };
  return done(ctx, { flash, location: `/import_users?import_id=${id}`, data });
}

const FLASHES = {
  check: "check_import",
  start: "start_import",
  invite: "invite_imported",
} as const satisfies Readonly<Record<string, FlashCode>>;

async function step(ctx: SignedInContext): Promise<Response | PageResponse<ImportPageView>> {
  const { services, actor } = ctx.state;
  const { texts } = await readChange(ctx, [
    ...Object.keys(importStepForm),
    ...Object.keys(importColumnsForm),
  ]);
  const { import_id: id, step } = requireForm(importStepForm, texts);
  const chosen = Object.entries(requireForm(importColumnsForm, texts))
    .filter(([, index]) => index !== undefined);
  const columns: ImportColumns = Object.fromEntries(chosen);
  const form = await onForm(ctx, async () => {
    const outcome = await stepImport(services, actor, { id, step, columns });
    return outcome.ok ? await open(ctx, id, FLASHES[step]) : refused(ctx, outcome, texts);
  });
  if (form instanceof Response) return form;
  return { ...form, data: { ...form.data, found: await getImport(services, actor, id) } };
}

export const handler = defineSignedIn.handlers({
  GET,
  POST: (ctx) =>
    onForm(ctx, async (texts) => {
      const { services, actor } = ctx.state;
      const { files } = await readChange(ctx, [], ["file"]);
      const file = files.get("file");
      const bytes = new Uint8Array(await file?.arrayBuffer() ?? []);
      const outcome = await uploadImport(services, actor, bytes);
      return outcome.ok
        ? await open(ctx, outcome.value, "prepare_import")
        : refused(ctx, outcome, texts);
    }),
  PUT: step,
  DELETE: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readChange(ctx, Object.keys(importIdForm));
    await cancelImport(services, actor, requireForm(importIdForm, texts).import_id);
    return done(ctx, { flash: "cancel_import", location: "/user_list" });
  },
});

export default defineSignedIn.page<typeof handler>(({ data, state: { viewer } }) => (
  <>
    <PageHeader title="Import users" />
    {"found" in data && data.found
      ? <UserImport {...data} view={data.found} viewer_id={viewer.user_id} />
      : <ImportUpload {...data} viewer_id={viewer.user_id} />}
  </>
));
