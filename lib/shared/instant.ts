const INSTANT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d)?(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?$/;

/** JavaScript keeps three digits of a second's fraction. */
const MILLISECOND_CHARS = ".000".length;

/**
 * Reads a time as in RFC 3339, to the millisecond. Without an offset it is UTC. A date without a
 * time means its start.
 *
 * Returns `undefined` for anything that does not exist on the calendar, such as 30 February, 24:00
 * or a leap second, which `Date` would move to another day or minute. Years are 1 to 9999, which
 * every database can store.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function parseInstant(text: string): Date | undefined {
  const parts = INSTANT.exec(text);
  if (!parts) return undefined;
  const [, day, minute = "00:00", second, fraction = "", zone = "Z"] = parts;
  if (fraction !== "" && second === undefined) return undefined;
  const wall = `${day}T${minute}${second ?? ":00"}`;
  const time = new Date(`${wall}${fraction.slice(0, MILLISECOND_CHARS)}Z`);
  if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(wall)) return undefined;
  const offset = zone === "Z" ? 0 : offsetMinutes(zone);
  if (offset === undefined) return undefined;
  time.setTime(time.getTime() - offset * 60_000);
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999 && !wall.startsWith("0000") ? time : undefined;
}

function offsetMinutes(zone: string): number | undefined {
  const [hours = 0, minutes = 0] = zone.slice(1).split(":").map(Number);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
