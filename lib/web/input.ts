import { Buffer } from "node:buffer";
import { HttpError } from "fresh";
import { readAtMost } from "@/lib/limited_bytes.ts";
import type { Texts } from "@/lib/shared/form.ts";
import { IMAGE_MAX_BYTES, IMPORT_MAX_BYTES } from "@/lib/shared/limits.ts";
import type { Role } from "@/lib/shared/users.ts";

/** Input of a request: texts by field, and files. */
export interface Input {
  readonly texts: Texts;
  readonly files: ReadonlyMap<string, File>;
}

/** Several times the size of any form without a file. */
const FORM_MAX_BYTES = 64 * 1024;
/**
 * Longest time for a body. A slower sender would hold memory, and would act long after the request
 * was authenticated. Enough for a picture at 50 kB a second.
 */
const BODY_MAX_SECONDS = 120;
/** More than any form has. Reading thousands of parts takes seconds. */
const MAX_PARTS = 200;
/** Ends the head of a part. */
const HEAD_END = "\r\n\r\n";
const NO_FILES: ReadonlyMap<string, File> = new Map();

/** The part of a request that input is read from. */
export interface InputContext {
  readonly req: Request;
  readonly url: URL;
  readonly state: {
    input?: Promise<Input>;
    /** Absent for signed-out visitors, who may not send files. */
    readonly viewer?: { readonly role: Role };
  };
}

/**
 * Reads the fields of a request: from a form, multipart or JSON body, or from the query if there is
 * no body. Reads once, however often it is called.
 *
 * @throws {HttpError} 400 for input that cannot be read or repeats a field, 408, 413, 415.
 */
export function readInput(ctx: InputContext, maxSeconds = BODY_MAX_SECONDS): Promise<Input> {
  return ctx.state.input ??= ctx.req.body === null
    ? Promise.resolve(readQuery(ctx.url))
    : readBody(ctx, maxSeconds);
}

/** Reads the fields of a query. @throws {HttpError} 400 if it repeats a field. */
function readQuery(url: URL): Input {
  return { texts: uniqueTexts(url.searchParams), files: NO_FILES };
}

async function readBody(
  { req, url, state }: InputContext,
  maxSeconds: number,
): Promise<Input> {
  const bodyBytes = (maxBytes: number) => readBytes(req, maxBytes, maxSeconds);
  const contentType = req.headers.get("content-type") ?? "";
  switch (contentType.split(";")[0]!.trim().toLowerCase()) {
    case "application/json":
      return { texts: readJson(decodeUtf8(await bodyBytes(FORM_MAX_BYTES))), files: NO_FILES };
    case "application/x-www-form-urlencoded": {
      const body = decodeUtf8(await bodyBytes(FORM_MAX_BYTES));
      return { texts: uniqueTexts(new URLSearchParams(body)), files: NO_FILES };
    }
    case "multipart/form-data":
      return await readMultipart(
        await bodyBytes(fileMaxBytes(url, state) + FORM_MAX_BYTES),
        contentType,
      );
    default:
      // Deno gives all methods except GET and HEAD a stream, even without a body.
      if (contentType === "" && await readInTime(req.body!, 0, maxSeconds)) return readQuery(url);
      throw new HttpError(415, "Send a form, multipart/form-data or application/json");
  }
}

/** Returns how long a file of this sender may be here. */
function fileMaxBytes({ pathname }: URL, { viewer }: InputContext["state"]): number {
  if (!viewer) return 0;
  const imports = viewer.role === "admin" && pathname === "/import_users";
  return imports ? IMPORT_MAX_BYTES : IMAGE_MAX_BYTES;
}

async function readBytes(
  req: Request,
  maxBytes: number,
  maxSeconds: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readInTime(req.body!, maxBytes, maxSeconds);
  if (bytes === undefined) throw new HttpError(413, `At most ${maxBytes} bytes may be sent here`);
  return new Uint8Array(bytes);
}

async function readInTime(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  maxSeconds: number,
): Promise<Uint8Array | undefined> {
  const signal = AbortSignal.timeout(maxSeconds * 1_000);
  try {
    return await readAtMost(body, maxBytes, signal);
  } catch (cause) {
    // Both are the client's fault, so they are not logged as errors.
    throw signal.aborted
      ? new HttpError(408, `The request took longer than ${maxSeconds} seconds`, { cause })
      : new HttpError(400, "The request broke off", { cause });
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HttpError(400, "The request is not UTF-8", { cause });
  }
}

function readJson(text: string): Texts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HttpError(400, "The request is not JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new HttpError(400, "Send a JSON object");
  }
  const texts = new Map<string, string>();
  for (const [name, field] of Object.entries(value)) {
    // In JSON, null means that the field is left out.
    if (field === null) continue;
    if (!["string", "number", "boolean"].includes(typeof field)) {
      throw new HttpError(400, "Fields of the JSON object must be strings, numbers or booleans");
    }
    texts.set(name, String(field));
  }
  return texts;
}

async function readMultipart(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<Input> {
  // One character per byte: V8 searches this text twenty times as fast as Deno searches a Buffer.
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const { rest, cut, parts } = cutLongParts(bytes, body, contentType);
  const form = await readForm(rest, contentType);
  if (cut.size > 0 && form.length !== parts) throw new HttpError(400, BROKEN_MULTIPART);
  const texts = new Map<string, string>();
  const files = new Map<string, File>();
  for (const [index, [name, value]] of form.entries()) {
    if (texts.has(name) || files.has(name)) throw twice();
    const content = cut.get(index);
    if (typeof value === "string") {
      if (content) throw new HttpError(413, `At most ${FORM_MAX_BYTES} bytes fit into a field`);
      texts.set(name, value);
    } else if (content) files.set(name, new File([content], value.name, { type: value.type }));
    // An empty file field is sent as an empty file without a name.
    else if (value.size > 0 || value.name !== "") files.set(name, value);
  }
  return { texts, files };
}

const BROKEN_MULTIPART = "The multipart body is broken";

async function readForm(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<[string, FormDataEntryValue][]> {
  try {
    const response = new Response(bytes, { headers: { "content-type": contentType } });
    return [...await response.formData()];
  } catch (cause) {
    throw new HttpError(400, BROKEN_MULTIPART, { cause });
  }
}

/** A multipart body without its long parts, and the contents of those by index. */
interface CutBody {
  readonly rest: Uint8Array<ArrayBuffer>;
  readonly cut: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
  readonly parts: number;
}

/**
 * Cuts pictures out of a multipart body. Deno parses byte by byte and would block the event loop
 * while it reads a picture.
 */
function cutLongParts(
  bytes: Uint8Array<ArrayBuffer>,
  body: string,
  contentType: string,
): CutBody {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;"]*))/i.exec(contentType) ?? [];
  const delimiter = `\r\n--${quoted ?? plain ?? ""}`;
  const kept: Uint8Array[] = [];
  const cut = new Map<number, Uint8Array<ArrayBuffer>>();
  let [parts, at] = [0, 0];
  for (;; parts++) {
    // Pictures are skipped by the search for the delimiter, which is much faster.
    const head = body.slice(at, at + FORM_MAX_BYTES).indexOf(HEAD_END);
    const start = at + head + HEAD_END.length;
    const end = head === -1 ? -1 : body.indexOf(delimiter, start);
    if (end === -1) break;
    if (parts === MAX_PARTS) throw tooManyParts();
    const isLong = end - start > FORM_MAX_BYTES;
    kept.push(bytes.subarray(at, isLong ? start : end));
    if (isLong) cut.set(parts, bytes.subarray(start, end));
    at = end;
  }
  if (bytes.length - at > FORM_MAX_BYTES) throw new HttpError(400, BROKEN_MULTIPART);
  if (body.slice(at).split(HEAD_END, MAX_PARTS + 2).length > MAX_PARTS + 1) throw tooManyParts();
  kept.push(bytes.subarray(at));
  const rest = new Uint8Array(Buffer.concat(kept));
  // The fields of a form, and a small picture.
  if (rest.length > 2 * FORM_MAX_BYTES) {
    throw new HttpError(413, `At most ${FORM_MAX_BYTES} bytes of fields are read`);
  }
  return { rest, cut, parts };
}

function tooManyParts(): HttpError {
  return new HttpError(413, `At most ${MAX_PARTS} fields are read`);
}

/** Refuses repeated fields: a check could read one value and later code the other. */
function uniqueTexts(params: URLSearchParams): Texts {
  const texts = new Map<string, string>();
  for (const [name, value] of params) {
    if (texts.has(name)) throw twice();
    texts.set(name, value);
  }
  return texts;
}

function twice(): HttpError {
  return new HttpError(400, "A field was sent twice");
}
