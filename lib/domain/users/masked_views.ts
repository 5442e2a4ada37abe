import { type Actor, isOfUser } from "@/lib/domain/actor.ts";

const ADDRESS = /[^\s@]+@[^\s@]+/g;

/** Contact data besides addresses, which support does not need. */
const HIDDEN: ReadonlySet<string> = new Set(["phone", "address", "zipcode"]);

/** Whether addresses are masked for the actor, which is so for support. */
export function seesMasked(actor: Actor): boolean {
  return isOfUser(actor) && actor.role === "support";
}

/**
 * Masks every e-mail address in a view, wherever it is: in fields, in sentences, in the answers of
 * mail servers. Takes other contact data out.
 */
export function maskView<View>(view: View): View {
  return masked(view) as View;
}

function masked(value: unknown): unknown {
  if (typeof value === "string") return value.replace(ADDRESS, maskAddress);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, HIDDEN.has(name) ? "" : masked(part)]),
  );
}

/** `grace@example.org` becomes `g•••@e•••.org`, however long it is. */
function maskAddress(address: string): string {
  const [local = "", domain = ""] = address.split("@");
  const end = /\.[^.]+$/.exec(domain)?.[0] ?? "";
  return `${firstOf(local)}•••@${firstOf(domain)}•••${end}`;
}

function firstOf(text: string): string {
  return [...text][0] ?? "";
}
