import type { Timestamp } from "@/lib/shared/views.ts";

interface WhenProps {
  /** `null` if it has not happened. */
  readonly at: Timestamp | null;
  readonly precision: "day" | "minute";
}

const DAY = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
const FORMATS = {
  day: new Intl.DateTimeFormat("en-GB", DAY),
  minute: new Intl.DateTimeFormat("en-GB", { ...DAY, hour: "2-digit", minute: "2-digit" }),
};

/** A time in UTC: the server does not know the reader's time zone. */
export function When({ at, precision }: WhenProps) {
  if (at === null) return <span class="text-body-secondary">Never</span>;
  const text = FORMATS[precision].format(new Date(at));
  return <time dateTime={at}>{precision === "minute" ? `${text} UTC` : text}</time>;
}
