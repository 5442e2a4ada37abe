import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

interface RecoveryCodeToolsProps {
  readonly codes: readonly string[];
}

/** Buttons that copy, download and print recovery codes. Without script there are none. */
export default function RecoveryCodeTools({ codes }: RecoveryCodeToolsProps) {
  const ready = useSignal(false);
  const copied = useSignal(false);
  useEffect(() => {
    ready.value = true;
  }, []);
  if (!ready.value) return null;
  const text = `${codes.join("\n")}\n`;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
  };
  return (
    <div class="form-actions mt-0 mb-3 no-print">
      {/* Only pages of a secure origin have a clipboard. */}
      {"clipboard" in navigator && (
        <button type="button" class="btn btn-quiet" onClick={copy}>
          {copied.value ? "Copied" : "Copy"}
        </button>
      )}
      <a
        class="btn btn-quiet"
        href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
        download="recovery-codes.txt"
      >
        Download
      </a>
      <button type="button" class="btn btn-quiet" onClick={() => print()}>Print</button>
    </div>
  );
}
