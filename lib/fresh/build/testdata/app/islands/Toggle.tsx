import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";

interface ToggleProps {
  id: string;
  open: boolean;
  label?: ComponentChildren;
  children: ComponentChildren;
}

export default function Toggle({ id, open, label, children }: ToggleProps) {
  const isOpen = useSignal(open);
  return (
    <section id={id}>
      <button class="toggle" type="button" onClick={() => isOpen.value = !isOpen.value}>
        {label ?? "Toggle"}
      </button>
      {isOpen.value && children}
    </section>
  );
}
