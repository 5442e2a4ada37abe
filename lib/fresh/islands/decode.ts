import { computed, type Signal, signal } from "@preact/signals";
import { unflatten } from "devalue";
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
  const written: Payload | unknown[] = JSON.parse(json);
  if (!Array.isArray(written)) return written;
  const signals = new Map<SignalValue, Signal<unknown>>();
  const signalOf = (key: SignalValue): Signal<unknown> => {
    const known = signals.get(key) ?? signal<unknown>();
    signals.set(key, known);
    return known;
  };
  const payload: Payload = unflatten(written, {
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
