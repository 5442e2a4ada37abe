import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { lifeInWords } from "@/lib/shared/one_time.ts";

interface LinkToCopyProps {
  readonly email: string;
  readonly link: string;
  /** How long it works. */
  readonly minutes: number;
  /** What somebody can do who has it, after "Give it to nobody else: ". */
  readonly power: string;
  /** What the link is of. */
  readonly label: string;
  /** The island CopyButton. */
  readonly copy: ComponentChildren;
  /** The way back to the list. */
  readonly back: ComponentChildren;
}

/** Shows a link that works once and cannot be shown again. */
export function LinkToCopy(props: LinkToCopyProps) {
  const { email, link, minutes, power, label, copy, back } = props;
  return (
    <div class="card card-body">
      <Alert kind="success">
        This is the new link for {email}. It works once, for{" "}
        {lifeInWords(minutes)}, and earlier links are dead.
      </Alert>
      <p>Give it to nobody else: {power}. It is not shown again.</p>
      <input class="form-control" type="text" readOnly aria-label={label} value={link} />
      <div class="form-actions">
        {copy}
        {back}
      </div>
    </div>
  );
}
