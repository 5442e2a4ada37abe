import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";

interface NewApiKeyProps {
  readonly name: string;
  readonly token: string;
  /** The island CopyButton. */
  readonly copy: ComponentChildren;
}

/** Shows a new API key, which cannot be shown again. */
export function NewApiKey({ name, token, copy }: NewApiKeyProps) {
  return (
    <div class="card card-body mb-4">
      <Alert kind="success">
        The API key <strong dir="auto">{name}</strong> is made.
      </Alert>
      <p>Copy it now, to where your program keeps its secrets. It is not shown again.</p>
      <p class="secret-text">
        <code>{token}</code>
      </p>
      <div class="form-actions">
        {copy}
        <a class="btn btn-primary" href="/api_keys">Done</a>
      </div>
    </div>
  );
}
