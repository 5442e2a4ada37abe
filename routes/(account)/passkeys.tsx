import { page, type PageResponse } from "fresh";
import { Alert } from "@/components/Alert.tsx";
import { PageHeader } from "@/components/PageHeader.tsx";
import { PasskeyList } from "@/components/PasskeyList.tsx";
import PasskeyButton from "@/islands/PasskeyButton.tsx";
import { passkeyOrigin } from "@/lib/domain/accounts/passkey_proof.ts";
import {
  addPasskey,
  beginPasskey,
  listPasskeys,
  removePasskey,
  renamePasskey,
} from "@/lib/domain/accounts/passkeys.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { passkeyForm, passkeyIdForm, renamePasskeyForm } from "@/lib/shared/sign_in_forms.ts";
import type { PasskeyView } from "@/lib/shared/account_views.ts";
import { done, EMPTY_FORM, type FormView, onForm, refused, wantsHtml } from "@/lib/web/answer.ts";
import { newSessionCookies } from "@/lib/web/cookies.ts";
import { defineSignedIn, type SignedInContext } from "@/lib/web/define.ts";
import { parseChange, requireChange } from "@/lib/web/require_form.ts";

interface PasskeysView extends FormView {
  readonly passkeys: readonly PasskeyView[];
}

function POST(ctx: SignedInContext): Promise<Response | PageResponse<PasskeysView>> {
  return onPasskeys(ctx, async () => {
    const { services, actor } = ctx.state;
    const { credential } = await requireChange(ctx, passkeyForm);
    if (credential === "") return Response.json(await beginPasskey(services, actor));
    const passkey = await addPasskey(services, actor, credential);
    return done(ctx, {
      flash: "add_passkey",
      location: "/passkeys",
      data: { passkey },
      status: 201,
    });
  });
}

function PUT(ctx: SignedInContext): Promise<Response | PageResponse<PasskeysView>> {
  return onPasskeys(ctx, async (texts) => {
    const form = await parseChange(ctx, renamePasskeyForm);
    if (!form.ok) return refused(ctx, refuse(form.errors), texts);
    await renamePasskey(ctx.state.services, ctx.state.actor, form.value);
    return done(ctx, { flash: "rename_passkey", location: "/passkeys" });
  });
}

function DELETE(ctx: SignedInContext): Promise<Response | PageResponse<PasskeysView>> {
  return onPasskeys(ctx, async () => {
    const { services, actor } = ctx.state;
    const { passkey_id } = await requireChange(ctx, passkeyIdForm);
    const session = await removePasskey(services, actor, passkey_id);
    return done(ctx, {
      flash: "remove_passkey",
      location: "/passkeys",
      cookies: newSessionCookies(ctx.state, session),
    });
  });
}

/** Runs the handler of a form of this page. The page comes back with what is wrong. */
async function onPasskeys(
  ctx: SignedInContext,
  handle: Parameters<typeof onForm<FormView>>[1],
): Promise<Response | PageResponse<PasskeysView>> {
  const answer = await onForm<FormView>(ctx, handle);
  if (answer instanceof Response) return answer;
  const passkeys = await listPasskeys(ctx.state.services, ctx.state.actor, "send");
  return { ...answer, data: { ...answer.data, passkeys } };
}

export const handler = defineSignedIn.handlers({
  GET: async (ctx) => {
    const passkeys = await listPasskeys(ctx.state.services, ctx.state.actor, "open");
    return wantsHtml(ctx.req)
      ? page<PasskeysView>({ ...EMPTY_FORM, passkeys })
      : Response.json({ passkeys });
  },
  POST,
  PUT,
  DELETE,
});

export default defineSignedIn.page<typeof handler>(({ data, state: { viewer, services } }) => {
  const { passkeys, values, errors, problem } = data;
  const { user_id: viewer_id } = viewer;
  const origin = passkeyOrigin(services.settings);
  return (
    <>
      <PageHeader title="Passkeys">
        {origin && (
          <PasskeyButton
            path="/passkeys"
            task="make"
            label="Add a passkey"
            look="btn-primary"
            origin={origin}
            fields={{ viewer_id }}
          />
        )}
      </PageHeader>
      {problem && <Alert kind="error">{problem}</Alert>}
      <p>
        A passkey is kept by your device, your password manager or a security key. It signs you in
        with your fingerprint, your face or a PIN, without your name and password.
      </p>
      <noscript>
        <Alert kind="info">To add a passkey, allow JavaScript for this site.</Alert>
      </noscript>
      {passkeys.length > 0 && (
        <PasskeyList
          passkeys={passkeys}
          viewer_id={viewer_id}
          refused={errors.name === undefined
            ? undefined
            : { passkey_id: values.passkey_id, name: values.name, error: errors.name }}
        />
      )}
      <p class="mt-3">
        <a href="/security">Back to Security</a>
      </p>
    </>
  );
});
