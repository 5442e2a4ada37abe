import { useSignal } from "@preact/signals";

/** The smallest island. */
export default function Counter({ start }: { start: number }) {
  const count = useSignal(start);
  return <button type="button" onClick={() => count.value++}>{count}</button>;
}
