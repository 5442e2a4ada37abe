import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

interface CopyButtonProps {
  readonly text: string;
}

/** A button that copies a text. Without script there is none. */
export default function CopyButton({ text }: CopyButtonProps) {
  const ready = useSignal(false);
  const copied = useSignal(false);
  useEffect(() => {
    // Only pages of a secure origin have a clipboard.
    ready.value = "clipboard" in navigator;
  }, []);
  if (!ready.value) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
  };
  return (
    <button type="button" class="btn btn-quiet" onClick={copy}>
      {copied.value ? "Copied" : "Copy"}
    </button>
  );
}
