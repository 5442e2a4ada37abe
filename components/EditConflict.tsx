import { Alert } from "@/components/Alert.tsx";
import { profileForm } from "@/lib/shared/profile_form.ts";
import { accountForm } from "@/lib/shared/user_forms.ts";
import type { EditConflictView } from "@/lib/shared/views.ts";

interface EditConflictProps {
  readonly conflicts: readonly EditConflictView[];
}

const LABELS = new Map(
  Object.entries({ ...accountForm, ...profileForm }).map(([name, { label }]) => [name, label]),
).set("image", "Picture");

/** Lists fields that two people have changed at the same time, above the form. */
export function EditConflict({ conflicts }: EditConflictProps) {
  return (
    <Alert kind="error">
      <p>
        Somebody else has changed this user in the meantime. Save again to replace these values with
        yours. All other changes of theirs stay.
      </p>
      <dl class="conflicts">
        {conflicts.map(({ field, before, yours, theirs }) => (
          <div key={field}>
            <dt>{LABELS.get(field)}</dt>
            {before !== undefined && <Version of="Before" text={before} />}
            <Version of="Yours" text={yours} />
            <Version of="Theirs" text={theirs} />
          </div>
        ))}
      </dl>
    </Alert>
  );
}

function Version({ of, text }: { readonly of: string; readonly text: string }) {
  return (
    <dd>
      <b>{of}:</b> {text === "" ? <i>empty</i> : <bdi>{text}</bdi>}
    </dd>
  );
}
