import type { ComponentChildren } from "preact";
import type { Message } from "@/lib/shared/toasts.ts";

interface AlertProps {
  readonly kind: Message["kind"];
  readonly children: ComponentChildren;
}

const CLASSES = { success: "alert-success", error: "alert-danger", info: "alert-info" };

/** A message on the page. Screen readers read errors at once. */
export function Alert({ kind, children }: AlertProps) {
  return (
    <div class={`alert ${CLASSES[kind]}`} role={kind === "error" ? "alert" : "status"}>
      {children}
    </div>
  );
}
