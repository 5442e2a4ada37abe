import { WorkQueue } from "@/lib/work_queue.ts";
import { textRecord } from "@/lib/shared/fields.ts";
import type { Texts } from "@/lib/shared/form.ts";
import type { RequestContext } from "./define.ts";
import { type Input, readInput } from "./input.ts";

/**
 * A form that waits until its sender has signed in. It waits in hidden fields of the sign-in page.
 * Nothing is stored on the server.
 */
export interface KeptRequest {
  /** Path of its route. */
  readonly path: string;
  /** Its fields, without passwords and files. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The same as two form fields, for {@linkcode readKept}. */
export interface KeptFields {
  readonly kept_path: string;
  readonly kept: string;
}

/** Enough for the longest form, and small enough for a field of another form. */
const MAX_KEPT_CHARS = 24_000;

/**
 * A kept form may contain a picture, which signed-out visitors may not send otherwise. So only a
 * few are read at a time.
 */
const reading = new WorkQueue(4, 0);

/** Routes with forms have one segment. */
const PATH = /^\/\w+$/;

const keptField = textRecord({ label: "kept" });

/** Keeps the form of a request that has to wait for a sign-in or step-up. `undefined` if there is none. */
export async function keepRequest(ctx: RequestContext): Promise<KeptFields | undefined> {
  const { pathname } = ctx.url;
  if (ctx.req.method !== "POST" || !PATH.test(pathname)) return undefined;
  const input = await readAll(ctx).catch(() => undefined);
  if (!input?.texts.has("viewer_id")) return undefined;
  const kept = JSON.stringify(Object.fromEntries(withoutPasswords(input.texts)));
  return kept.length <= MAX_KEPT_CHARS ? { kept_path: pathname, kept } : undefined;
}

/** Reads the kept form from the fields of a sign-in, if it belonged to the user `userId`. */
export function readKept(texts: Texts, userId: number): KeptRequest | undefined {
  const path = texts.get("kept_path") ?? "";
  const fields = keptField.read(texts.get("kept") ?? "");
  if (!PATH.test(path) || "error" in fields) return undefined;
  return fields.value.viewer_id === String(userId) ? { path, fields: fields.value } : undefined;
}

/** What proves a user, besides fields of passwords. */
const PROOFS: ReadonlySet<string> = new Set(["code", "credential"]);

/** Returns the input without passwords and other proofs, which must not appear in a page. */
export function withoutPasswords(texts: Texts): [string, string][] {
  return [...texts].filter(([name]) => !name.includes("password") && !PROOFS.has(name));
}

/** Reads with the limits of a signed-in user, as the sender was when the form was opened. */
async function readAll({ req, url, state }: RequestContext): Promise<Input> {
  return await (state.input ??
    reading.run(() => readInput({ req, url, state: { viewer: { role: "user" } } })));
}
