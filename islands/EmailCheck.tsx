import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Field } from "@/components/Field.tsx";
import { callApi } from "@/lib/shared/api.ts";
import { accountForm } from "@/lib/shared/user_forms.ts";

interface EmailCheckProps {
  readonly value?: string | undefined;
  readonly error?: string | undefined;
  /** The user whose own address does not count as taken. */
  readonly user_id?: number;
  /** The server does not say which addresses have an account. */
  readonly secret?: boolean;
  readonly idPrefix?: string;
}

/** `POST /email_exists` */
interface EmailAnswer {
  readonly valid: boolean;
  readonly exists: boolean;
}

const PAUSE_MS = 300;

/** The field `email`, which says while typing whether the address is taken. */
export default function EmailCheck({ value, error, user_id, secret, idPrefix }: EmailCheckProps) {
  const said = useSignal("");
  const isTaken = useSignal(false);
  const running = useRef<AbortController>();
  useEffect(() => () => running.current?.abort(), []);

  async function check(email: string) {
    // Only the last answer counts: cancel earlier requests.
    running.current?.abort();
    const { signal } = running.current = new AbortController();
    said.value = "";
    isTaken.value = false;
    await pause(signal);
    if (signal.aborted || email === "" || email === value) return;
    const checked = accountForm.email.read(email);
    if ("error" in checked) return said.value = checked.error;
    if (secret) return;
    const body = { email, ...(user_id && { user_id: String(user_id) }) };
    const answer = await callApi<EmailAnswer>("POST", "/email_exists", { body, signal });
    if (signal.aborted || !answer.ok) return;
    said.value = describe(answer.value);
    isTaken.value = answer.value.exists;
  }

  return (
    <Field
      name="email"
      field={accountForm.email}
      value={value}
      error={error}
      idPrefix={idPrefix}
      control={{ onInput: (event) => check(event.currentTarget.value) }}
    >
      <div class={isTaken.value ? "field-error" : "form-text"} aria-live="polite">
        {said.value}
      </div>
    </Field>
  );
}

function describe({ valid, exists }: EmailAnswer): string {
  if (!valid) return "Enter an address such as name@example.com";
  return exists ? "This address is taken" : "This address is free";
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PAUSE_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
