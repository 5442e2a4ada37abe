import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Field } from "@/components/Field.tsx";
import { judgePassword, loadZxcvbn, MAX_STRENGTH, type Strength } from "@/lib/shared/strength.ts";
import { registerForm } from "@/lib/shared/sign_in_forms.ts";

interface PasswordStrengthProps {
  readonly label: string;
  readonly error?: string | undefined;
  /** `PASSWORD_MIN_LENGTH`. */
  readonly minLength: number;
  /** What an attacker tries first: the product's name, and what the form has no fields for. */
  readonly userInputs: readonly string[];
}

/** The field `password` with a strength bar and zxcvbn's advice. */
export default function PasswordStrength(props: PasswordStrengthProps) {
  const { label, error, minLength, userInputs } = props;
  const strength = useSignal<Strength | undefined>(undefined);
  const typed = useRef("");
  // The bar needs script.
  const live = useSignal(false);
  useEffect(() => {
    live.value = true;
  }, []);

  async function judge(input: HTMLInputElement) {
    const password = typed.current = input.value;
    if (password === "") return strength.value = undefined;
    const judged = await judgePassword(password, [...userInputs, ...ownWords(input.form)])
      // Without dictionaries the field still works, and the server checks the password again.
      .catch(() => undefined);
    if (typed.current === password) strength.value = judged;
  }

  const { score = 0, label: word, warning = "", suggestions = [] } = strength.value ?? {};
  const advice = [warning, ...suggestions].filter(Boolean).join(" ");
  return (
    <Field
      name="password"
      field={{
        ...registerForm.password,
        label,
        minLength,
        hint: `At least ${minLength} characters; several random words work well`,
      }}
      error={error}
      control={{
        onFocus: () => loadZxcvbn().catch(() => undefined),
        onInput: (event) => judge(event.currentTarget),
      }}
    >
      <div class="meter-block">
        {live.value && (
          <>
            <progress
              class={`meter meter-${score}`}
              max={MAX_STRENGTH + 1}
              value={strength.value ? score + 1 : 0}
              aria-label="Strength of the password"
            />
            <p class="meter-text" aria-live="polite">
              {word && <strong>{word}{advice && ":"}</strong>} {advice}
            </p>
          </>
        )}
      </div>
    </Field>
  );
}

/** What an attacker tries first: the other fields of the form and the name of the site. */
function ownWords(form: HTMLFormElement | null): string[] {
  const controls = ["username", "email"].map((name) => form?.elements.namedItem(name));
  const typed = controls.map((control) => control instanceof HTMLInputElement ? control.value : "");
  return [...typed, location.hostname];
}
