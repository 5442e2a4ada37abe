import { Alert } from "@/components/Alert.tsx";

/** Says how a new installation gets its first admin. Shown to everybody while there is none. */
export function FirstAdminHint() {
  return (
    <Alert kind="info">
      This installation has no admin yet: open the link that <code>deno task start</code>{" "}
      printed, or run <code>deno task create-admin</code>.
    </Alert>
  );
}
