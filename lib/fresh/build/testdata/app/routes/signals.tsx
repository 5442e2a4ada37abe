import { computed, signal } from "@preact/signals";
import { Increment, Show } from "../islands/Shared.tsx";

export default function Signals() {
  const count = signal(1);
  const double = computed(() => count.value * 2);
  return (
    <main>
      <Increment count={count} />
      <Show count={count} double={double} />
    </main>
  );
}
