import { computed, type Signal, signal } from "@preact/signals";
import { parse } from "devalue";
import type { Payload } from "./wire.ts";

/** What `encodePayload()` writes for a signal. */
interface SignalValue {
  readonly value: unknown;
}

/**
 * Restores what `encodePayload()` wrote.
 *
 * @throws {TypeError} If the browser lacks a type, such as `Temporal`.
 */
export function decodePayload(json: string): Payload {
  const signals = new Map<SignalValue, Signal<unknown>>();
  const signalOf = (key: SignalValue): Signal<unknown> => {
    const known = signals.get(key) ?? signal<unknown>();
    signals.set(key, known);
    return known;
  };
  const payload: Payload = parse(json, {
    Signal: signalOf,
    Computed(key: SignalValue) {
      const source = signalOf(key);
      return computed(() => source.value);
    },
    Entries: Object.fromEntries,
  });
  // Set last, since a value may contain its own signal.
  for (const [{ value }, signal] of signals) signal.value = value;
  return payload;
}
