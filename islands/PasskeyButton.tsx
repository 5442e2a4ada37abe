import { startAuthentication, startRegistration, WebAuthnError } from "@simplewebauthn/browser";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Alert } from "@/components/Alert.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { callApi, explainProblem } from "@/lib/shared/api.ts";

interface PasskeyButtonProps {
  /** The route that says what a passkey has to sign, and takes its answer. */
  readonly path: string;
  /** Whether a passkey is made, or used. */
  readonly task: "make" | "use";
  readonly label: string;
  readonly look: string;
  /** Where passkeys work, see `relyingPartyOf()`. */
  readonly origin: string;
  /** More fields for the route. */
  readonly fields: Readonly<Record<string, string | number | undefined>>;
  /** Asks at once, because the user has pressed a button on the page before. */
  readonly starts?: true;
}

/** What a passkey has to sign, for either task. */
type Question =
  & Parameters<typeof startRegistration>[0]["optionsJSON"]
  & Parameters<typeof startAuthentication>[0]["optionsJSON"];

/** A form whose answer a passkey gives. Where there is no script or no passkeys, there is none. */
export default function PasskeyButton(props: PasskeyButtonProps) {
  const { path, task, label, look, origin, fields, starts } = props;
  const ready = useSignal(false);
  const busy = useSignal(false);
  const problem = useSignal("");
  const form = useRef<HTMLFormElement>(null);
  const credential = useRef<HTMLInputElement>(null);

  async function ask(): Promise<string> {
    if (busy.value) return "";
    busy.value = true;
    const fault = await sign().catch(explainFault);
    busy.value = false;
    return fault;
  }

  /** Sends the form with what the passkey has signed, or returns what is wrong. */
  async function sign(): Promise<string> {
    const asked = await callApi<Question>("POST", path, { body: { credential: "" } });
    if (!asked.ok) {
      const { next } = asked.problem;
      if (next) location.assign(`${next}?${new URLSearchParams({ next: path })}`);
      return explainProblem(asked.problem);
    }
    const start = task === "make" ? startRegistration : startAuthentication;
    credential.current!.value = JSON.stringify(await start({ optionsJSON: asked.value }));
    form.current!.submit();
    return "";
  }

  useEffect(() => {
    ready.value = "PublicKeyCredential" in globalThis;
    // Browsers may want a press on this page: then the button is there.
    if (ready.value && starts && location.origin === origin) ask();
  }, []);

  if (!ready.value) return null;
  if (location.origin !== origin) {
    return (
      <p class="mt-3">
        Passkeys work at <a href={`${origin}${location.pathname}`}>{origin}</a>
      </p>
    );
  }
  return (
    <form
      ref={form}
      method="post"
      action={path}
      encType={fields.kept === undefined ? undefined : "multipart/form-data"}
      onSubmit={async (event) => {
        event.preventDefault();
        problem.value = "";
        problem.value = await ask();
      }}
    >
      {problem.value && <Alert kind="error">{problem.value}</Alert>}
      <HiddenFields values={fields} />
      <input ref={credential} type="hidden" name="credential" />
      <button type="submit" class={`btn ${look}`} aria-busy={busy.value ? "true" : "false"}>
        {label}
      </button>
    </form>
  );
}

function explainFault(fault: unknown): string {
  if (fault instanceof WebAuthnError) {
    if (fault.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") {
      return "This device or password manager already has a passkey for your account";
    }
    if (fault.name !== "NotAllowedError") {
      return "This browser or device cannot do it: try another one";
    }
  }
  return "No passkey was chosen: try again when you are ready";
}
