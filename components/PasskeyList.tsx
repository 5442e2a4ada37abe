import { Field } from "@/components/Field.tsx";
import { HiddenFields } from "@/components/HiddenFields.tsx";
import { When } from "@/components/When.tsx";
import { renamePasskeyForm } from "@/lib/shared/sign_in_forms.ts";
import type { PasskeyView } from "@/lib/shared/account_views.ts";

interface PasskeyListProps {
  readonly passkeys: readonly PasskeyView[];
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
  /** A name that was refused, with the passkey that it was for. */
  readonly refused?: {
    readonly passkey_id: string | undefined;
    readonly name: string | undefined;
    readonly error: string;
  } | undefined;
}

/** The passkeys of a user, each with a form that renames it and a button that removes it. */
export function PasskeyList({ passkeys, viewer_id, refused }: PasskeyListProps) {
  return (
    <ul class="card lines">
      {passkeys.map((passkey) => (
        <li key={passkey.passkey_id}>
          <div class="line-text">
            <strong>{passkey.name}</strong>
            <small>{passkey.synced ? "Synced" : "This device only"}</small>
            <small class="text-body-secondary">
              Added <When at={passkey.created_at} precision="minute" />
            </small>
            <small class="text-body-secondary">
              Last used <When at={passkey.last_used_at} precision="minute" />
            </small>
            <RenamePasskey
              passkey={passkey}
              viewer_id={viewer_id}
              refused={refused?.passkey_id === String(passkey.passkey_id) ? refused : undefined}
            />
          </div>
          <form method="post" action="/passkeys">
            <HiddenFields
              values={{ _method: "DELETE", passkey_id: passkey.passkey_id, viewer_id }}
            />
            <button type="submit" class="btn btn-sm btn-quiet">
              Remove<span class="visually-hidden">{` ${passkey.name}`}</span>
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}

interface RenamePasskeyProps extends Pick<PasskeyListProps, "viewer_id" | "refused"> {
  readonly passkey: PasskeyView;
}

function RenamePasskey({ passkey: { passkey_id, name }, viewer_id, refused }: RenamePasskeyProps) {
  return (
    <details open={refused !== undefined}>
      <summary>
        Rename<span class="visually-hidden">{` ${name}`}</span>
      </summary>
      <form method="post" action="/passkeys">
        <HiddenFields values={{ _method: "PUT", passkey_id, viewer_id }} />
        <Field
          name="name"
          idPrefix={`passkey_${passkey_id}`}
          field={renamePasskeyForm.name}
          value={refused?.name ?? name}
          error={refused?.error}
        />
        <button type="submit" class="btn btn-sm btn-quiet">Save</button>
      </form>
    </details>
  );
}
