import type { ComponentChildren } from "preact";
import type { Message } from "@/lib/shared/toasts.ts";

interface AlertProps {
  readonly kind: Message["kind"];
  readonly children: ComponentChildren;
}

const CLASSES = { success: "alert-success", error: "alert-danger", info: "alert-info" };

/** A message in the flow of the page; an error is read out at once. */
export function Alert({ kind, children }: AlertProps) {
  return (
    <div class={`alert ${CLASSES[kind]}`} role={kind === "error" ? "alert" : "status"}>
      {children}
    </div>
  );
}
