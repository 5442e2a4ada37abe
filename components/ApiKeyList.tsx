import { HiddenFields } from "@/components/HiddenFields.tsx";
import { When } from "@/components/When.tsx";
import type { ApiKeyView } from "@/lib/shared/account_views.ts";

interface ApiKeyListProps {
  readonly keys: readonly ApiKeyView[];
  /** Whose keys they are. */
  readonly user_id: number;
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** The API keys of a user, each with a button that ends it. */
export function ApiKeyList({ keys, user_id, viewer_id }: ApiKeyListProps) {
  if (keys.length === 0) {
    return (
      <p class="text-body-secondary">
        There are none. A program with an API key can act as its user.
      </p>
    );
  }
  return (
    <ul class="card lines">
      {keys.map((key) => (
        <li key={key.key_id}>
          <div class="line-text">
            <strong dir="auto">{key.name}</strong>
            <span class="text-body-secondary">
              <code>{key.prefix}…</code> for {key.scopes.join(", ")}
            </span>
            <KeyTimes of={key} />
          </div>
          <form method="post" action="/api_keys">
            <HiddenFields values={{ _method: "DELETE", key_id: key.key_id, user_id, viewer_id }} />
            <button type="submit" class="btn btn-sm btn-quiet">
              End key
              <span class="visually-hidden">{` ${key.name}`}</span>
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}

function KeyTimes({ of }: { readonly of: ApiKeyView }) {
  const { created_at, expires_at, last_used_at, last_ip, expired } = of;
  return (
    <>
      <small class="text-body-secondary">
        Made <When at={created_at} precision="day" />, {expired ? "ended " : "ends "}
        <When at={expires_at} precision="day" />
      </small>
      <small class="text-body-secondary">
        {last_used_at === null ? "Never used" : (
          <>
            Last used <When at={last_used_at} precision="minute" />
            <span class="tabular">{` from ${last_ip}`}</span>
          </>
        )}
      </small>
    </>
  );
}
