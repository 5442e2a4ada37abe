import { WorkQueue } from "@/lib/work_queue.ts";
import { textRecord } from "@/lib/shared/fields.ts";
import type { Texts } from "@/lib/shared/form.ts";
import type { RequestContext } from "./define.ts";
import { type Input, readInput } from "./input.ts";

/**
 * A form that has to wait until its sender has signed in. It waits in the page that asks for it, as
 * hidden fields: nothing is stored on the server, and it is gone with the page.
 */
export interface KeptRequest {
  /** Path of the route that it was sent to. */
  readonly path: string;
  /** Without passwords and files. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The same in two fields, as {@linkcode readKept} reads them. */
export interface KeptFields {
  readonly kept_path: string;
  readonly kept: string;
}

/** All fields of the longest form fit; as a field of another form they still do. */
const MAX_KEPT_CHARS = 24_000;

/** A form may come with a picture, which strangers may not send otherwise: few at a time. */
const reading = new WorkQueue(4, 0);

/** A route of forms has one segment. */
const PATH = /^\/\w+$/;

const keptField = textRecord({ label: "kept" });

/** Keeps the form of a request whose sender is not signed in; `undefined` where there is none. */
export async function keepRequest(ctx: RequestContext): Promise<KeptFields | undefined> {
  const { pathname } = ctx.url;
  if (ctx.req.method !== "POST" || !PATH.test(pathname)) return undefined;
  const input = await readAll(ctx).catch(() => undefined);
  if (!input?.texts.has("viewer_id")) return undefined;
  const kept = JSON.stringify(Object.fromEntries(withoutPasswords(input.texts)));
  return kept.length <= MAX_KEPT_CHARS ? { kept_path: pathname, kept } : undefined;
}

/** The kept form in the fields of a sign-in, if it was the form of the user `userId`. */
export function readKept(texts: Texts, userId: number): KeptRequest | undefined {
  const path = texts.get("kept_path") ?? "";
  const fields = keptField.read(texts.get("kept") ?? "");
  if (!PATH.test(path) || "error" in fields) return undefined;
  return fields.value.viewer_id === String(userId) ? { path, fields: fields.value } : undefined;
}

/** What was typed, without what must not stand in a page. */
export function withoutPasswords(texts: Texts): [string, string][] {
  return [...texts].filter(([name]) => !name.includes("password"));
}

/** With the limits of somebody who is signed in, as the sender was when the form was opened. */
async function readAll({ req, url, state }: RequestContext): Promise<Input> {
  return await (state.input ?? reading.run(() => readInput({ req, url, state: { viewer: true } })));
}
