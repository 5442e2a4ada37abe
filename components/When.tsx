import { timeInWords } from "@/lib/shared/time_words.ts";
import type { Timestamp } from "@/lib/shared/views.ts";

interface WhenProps {
  /** `null` if it has not happened. */
  readonly at: Timestamp | null;
  readonly precision: "day" | "minute";
}

/** A time in UTC: the server does not know the reader's time zone. */
export function When({ at, precision }: WhenProps) {
  if (at === null) return <span class="text-body-secondary">Never</span>;
  const dateTime = precision === "day" ? at.slice(0, "2026-11-27".length) : at;
  return <time dateTime={dateTime}>{timeInWords(new Date(at), precision)}</time>;
}
