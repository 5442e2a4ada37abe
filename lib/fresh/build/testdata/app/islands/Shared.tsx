import type { ReadonlySignal, Signal } from "@preact/signals";

export function Increment({ count }: { count: Signal<number> }) {
  return <button id="increment" type="button" onClick={() => count.value++}>{count}</button>;
}

export function Show({ count, double }: { count: Signal<number>; double: ReadonlySignal<number> }) {
  return <output id="show">{count} of {double}</output>;
}
