import PasskeyButton from "@/islands/PasskeyButton.tsx";
import { passkeyOrigin } from "@/lib/domain/accounts/passkey_proof.ts";
import type { Settings } from "@/lib/settings.ts";
import type { FormView } from "./answer.ts";

interface PasskeyProps {
  readonly settings: Settings;
  /** Of the page's other form: where to go afterwards, and a form that waits. */
  readonly values: FormView["values"];
}

/** Uses a passkey for the second step of a sign-in. */
export function SecondPasskey({ settings, values }: PasskeyProps) {
  const { next, stay, kept, kept_path } = values;
  const origin = passkeyOrigin(settings);
  return origin !== undefined && (
    <PasskeyButton
      path="/two_factor"
      task="use"
      label="Use a passkey"
      look="btn-quiet"
      origin={origin}
      fields={{ next, stay, kept, kept_path }}
    />
  );
}

/** Uses a passkey to prove again who one is. */
export function ProofPasskey(
  { settings, values: { next, kept, kept_path }, viewer_id }: PasskeyProps & {
    readonly viewer_id: number;
  },
) {
  const origin = passkeyOrigin(settings);
  return origin !== undefined && (
    <PasskeyButton
      path="/step_up"
      task="use"
      label="Use a passkey"
      look="btn-primary"
      origin={origin}
      fields={{ next, kept, kept_path, viewer_id }}
    />
  );
}
