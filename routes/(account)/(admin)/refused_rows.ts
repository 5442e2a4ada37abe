import { readRefusedRows } from "@/lib/domain/operation/user_imports.ts";
import { importIdForm } from "@/lib/shared/user_import.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { readInput } from "@/lib/web/input.ts";
import { requireForm } from "@/lib/web/require_form.ts";
import { csvFile } from "@/lib/web/streamed_file.ts";

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const { services, actor } = ctx.state;
    const { texts } = await readInput(ctx);
    const { import_id } = requireForm(importIdForm, texts);
    const { header, rows } = await readRefusedRows(services, actor, import_id);
    const filename = `${services.settings.appSlug}-refused-rows.csv`;
    return csvFile(filename, header, rows, { bom: true });
  },
});
