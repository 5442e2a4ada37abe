import { page, type PageResponse } from "fresh";
import { ApiKeyList } from "@/components/ApiKeyList.tsx";
import { ApiKeyForm } from "@/components/ApiKeyForm.tsx";
import { NewApiKey } from "@/components/NewApiKey.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import CopyButton from "@/islands/CopyButton.tsx";
import {
  endApiKey,
  listApiKeys,
  type MadeApiKey,
  makeApiKey,
} from "@/lib/domain/accounts/api_keys.ts";
import { authorisePage } from "@/lib/domain/authorise.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { type Scope, SCOPES } from "@/lib/shared/api_keys.ts";
import { apiKeyForm, apiKeysForm, endApiKeyForm } from "@/lib/shared/sign_in_forms.ts";
import type { ApiKeysView } from "@/lib/shared/account_views.ts";
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

interface KeysPage extends FormView {
  readonly keys: ApiKeysView;
  readonly made?: MadeApiKey;
}

const NO_SCOPE = { self: "Choose what the key may do" };

async function GET(ctx: SignedInContext): Promise<Response | PageResponse<KeysPage>> {
  const { services, actor } = ctx.state;
  const { texts } = await readInput(ctx);
  const { user_id = actor.userId } = requireForm(apiKeysForm, texts);
  await authorisePage(services.db, actor, "see_api_keys", user_id);
  const keys = await listApiKeys(services, actor, user_id);
  if (!wantsHtml(ctx.req)) return Response.json(keys);
  // A form that had to wait for a step-up comes back with its input.
  const values = ctx.req.method === "POST" ? valuesOf(texts) : {};
  return page({ ...EMPTY_FORM, values, keys });
}

async function POST(ctx: SignedInContext): Promise<Response | PageResponse<KeysPage>> {
  const { services, actor } = ctx.state;
  const form = await onForm<FormView & { made?: MadeApiKey }>(ctx, async (texts) => {
    const parsed = await parseChange(ctx, apiKeyForm);
    if (!parsed.ok) return refused(ctx, refuse(parsed.errors), texts);
    const { name, days, ...chosen } = parsed.value;
    const scopes = (Object.keys(SCOPES) as Scope[]).filter((scope) => chosen[scope] === "1");
    if (scopes.length === 0) return refused(ctx, refuse(NO_SCOPE), texts);
    const made = await makeApiKey(services, actor, { name, scopes, days: Number(days) });
    if (wantsHtml(ctx.req)) return page({ ...EMPTY_FORM, made });
    return done(ctx, {
      flash: "make_api_key",
      location: "/api_keys",
      data: { ...made },
      status: 201,
    });
  });
  if (form instanceof Response) return form;
  const keys = await listApiKeys(services, actor, actor.userId);
  return { ...form, data: { ...form.data, keys } };
}

async function DELETE(ctx: SignedInContext): Promise<Response> {
  const { services, actor } = ctx.state;
  const { user_id = actor.userId, key_id } = await requireChange(ctx, endApiKeyForm);
  await endApiKey(services, actor, { user_id, key_id });
  const own = user_id === actor.userId;
  const location = own ? "/api_keys" : `/api_keys?user_id=${user_id}`;
  return done(ctx, { flash: "end_api_key", location });
}

export const handler = defineSignedIn.handlers({ GET, POST, DELETE });

export default defineSignedIn.page<typeof handler>(({ data, state: { viewer } }) => {
  const { keys: { user, api_keys }, made, ...form } = data;
  const { user_id: viewer_id } = viewer;
  const own = user.user_id === viewer_id;
  return (
    <>
      <PageHeader title={own ? "API keys" : `API keys of ${user.username}`} />
      {made && (
        <NewApiKey
          name={made.api_key.name}
          token={made.token}
          copy={<CopyButton text={made.token} />}
        />
      )}
      <ApiKeyList keys={api_keys} user_id={user.user_id} viewer_id={viewer_id} />
      {own && !made && <ApiKeyForm {...form} role={viewer.role} viewer_id={viewer_id} />}
    </>
  );
});
