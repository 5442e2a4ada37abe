import type { ComponentChildren } from "preact";
import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { inGroups } from "@/lib/shared/second_factor.ts";
import { setUpForm } from "@/lib/shared/sign_in_forms.ts";

interface SetUpTwoFactorProps {
  /** Base32. */
  readonly secret: string;
  /** The same as a link. */
  readonly uri: string;
  /** The same as a QR code. */
  readonly picture: ComponentChildren;
  readonly error: string | undefined;
  readonly viewer_id: number;
}

/** `POST /set_up_two_factor`: shows the secret, and asks for the code that proves it. */
export function SetUpTwoFactor({ secret, uri, picture, error, viewer_id }: SetUpTwoFactorProps) {
  return (
    <form method="post" action="/set_up_two_factor">
      <HiddenFields values={{ viewer_id }} />
      <ol class="steps">
        <li>
          <p>
            Scan this picture with an authenticator, such as Aegis, Google Authenticator or your
            password manager.
          </p>
          {picture}
          <p>
            On this phone? <a href={uri}>Open the authenticator</a>
          </p>
          <details>
            <summary>Type a key instead</summary>
            <p class="secret-text">{inGroups(secret, " ")}</p>
          </details>
        </li>
        <li>
          <p>Type the code that it shows now. Nothing changes before that.</p>
          <Field
            name="code"
            field={setUpForm.code}
            error={error}
            control={{ inputMode: "numeric" }}
          />
        </li>
      </ol>
      <div class="form-actions">
        <button type="submit" class="btn btn-primary">Turn on</button>
        <a class="btn btn-quiet" href="/security">Cancel</a>
      </div>
    </form>
  );
}
