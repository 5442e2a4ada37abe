import { HiddenFields } from "@/components/HiddenFields.tsx";

interface KeptFormProps {
  readonly kept: {
    readonly path: string;
    readonly fields: Readonly<Record<string, string>>;
  };
  /** What has happened. */
  readonly lead?: string;
}

/** Leads back to a form that had to wait for a sign-in or step-up, with its input. */
export function KeptForm(
  { kept: { path, fields }, lead = "You are signed in again." }: KeptFormProps,
) {
  return (
    <form method="post" action={path} encType="multipart/form-data">
      <p>{lead} Your input is still here, but not saved yet.</p>
      <HiddenFields values={{ ...fields, _method: "GET" }} />
      <button type="submit" class="btn btn-primary">Back to the form</button>
    </form>
  );
}
