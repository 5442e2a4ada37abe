import { HiddenFields } from "@/components/HiddenFields.tsx";

interface KeptFormProps {
  readonly kept: {
    readonly path: string;
    readonly fields: Readonly<Record<string, string>>;
  };
}

/** The way back to a form that was sent after the session had ended: it opens as it was filled in. */
export function KeptForm({ kept: { path, fields } }: KeptFormProps) {
  return (
    <form method="post" action={path} encType="multipart/form-data">
      <p>You are signed in again. What you typed is here, and not saved yet.</p>
      <HiddenFields values={{ ...fields, _method: "GET" }} />
      <button type="submit" class="btn btn-primary">Back to the form</button>
    </form>
  );
}
