import { HiddenFields } from "@/components/HiddenFields.tsx";

interface KeptFormProps {
  readonly kept: {
    readonly path: string;
    readonly fields: Readonly<Record<string, string>>;
  };
}

/** Leads back to a form that was sent after the session had ended, with its input. */
export function KeptForm({ kept: { path, fields } }: KeptFormProps) {
  return (
    <form method="post" action={path} encType="multipart/form-data">
      <p>You are signed in again. Your input is still here, but not saved yet.</p>
      <HiddenFields values={{ ...fields, _method: "GET" }} />
      <button type="submit" class="btn btn-primary">Back to the form</button>
    </form>
  );
}
