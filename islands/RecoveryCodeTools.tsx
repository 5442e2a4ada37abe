import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import CopyButton from "@/islands/CopyButton.tsx";

interface RecoveryCodeToolsProps {
  readonly codes: readonly string[];
}

/** Buttons that copy, download and print recovery codes. Without script there are none. */
export default function RecoveryCodeTools({ codes }: RecoveryCodeToolsProps) {
  const ready = useSignal(false);
  useEffect(() => {
    ready.value = true;
  }, []);
  if (!ready.value) return null;
  const text = `${codes.join("\n")}\n`;
  return (
    <div class="form-actions mt-0 mb-3 no-print">
      <CopyButton text={text} />
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
