const DAY = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
const FORMATS = {
  day: new Intl.DateTimeFormat("en-GB", DAY),
  minute: new Intl.DateTimeFormat("en-GB", { ...DAY, hour: "2-digit", minute: "2-digit" }),
};

/** Writes a time in UTC, such as "31 Jan 2030" or "31 Jan 2030, 12:00 UTC". */
export function timeInWords(time: Date, precision: "day" | "minute"): string {
  const text = FORMATS[precision].format(time);
  return precision === "minute" ? `${text} UTC` : text;
}
