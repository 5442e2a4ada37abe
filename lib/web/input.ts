import { Buffer } from "node:buffer";
import { HttpError } from "fresh";
import { readAtMost } from "@/lib/limited_bytes.ts";
import type { Texts } from "@/lib/shared/form.ts";
import { IMAGE_MAX_BYTES } from "@/lib/shared/limits.ts";

/** What a request carries: texts by field, and files. */
export interface Input {
  readonly texts: Texts;
  readonly files: ReadonlyMap<string, File>;
}

/** Fits every form without a file several times over. */
const FORM_MAX_BYTES = 64 * 1024;
/**
 * A body takes no longer: who sends slower would hold memory, and would act later than the moment in
 * which the request was found to be theirs. Fits a picture at 50 kB a second.
 */
const BODY_MAX_SECONDS = 120;
/** More parts than any form has fields: to read thousands takes seconds. */
const MAX_PARTS = 200;
/** Ends the head of a part. */
const HEAD_END = "\r\n\r\n";
const NO_FILES: ReadonlyMap<string, File> = new Map();

/** The part of a request that its fields are read from. */
export interface InputContext {
  readonly req: Request;
  readonly url: URL;
  readonly state: {
    input?: Promise<Input>;
    /** Absent for strangers, who have no picture to send. */
    readonly viewer?: unknown;
  };
}

/**
 * The fields of a request: of its body, be it a form, multipart or JSON, or of its query where it
 * has no body. Read once, however often it is asked for.
 *
 * @throws {HttpError} 400 for what cannot be read or gives a field twice, 408, 413, 415.
 */
export function readInput(ctx: InputContext, maxSeconds = BODY_MAX_SECONDS): Promise<Input> {
  return ctx.state.input ??= ctx.req.body === null
    ? Promise.resolve(readQuery(ctx.url))
    : readBody(ctx, maxSeconds);
}

/** The fields of a query. @throws {HttpError} 400 when it gives a field twice. */
export function readQuery(url: URL): Input {
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
        await bodyBytes(state.viewer ? IMAGE_MAX_BYTES + FORM_MAX_BYTES : FORM_MAX_BYTES),
        contentType,
      );
    default:
      // Where nothing was sent Deno still gives all methods but GET and HEAD a stream.
      if (contentType === "" && await readInTime(req.body!, 0, maxSeconds)) return readQuery(url);
      throw new HttpError(415, "Send a form, multipart/form-data or application/json");
  }
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
    // The client's doing either way, and no fault that the log should tell of.
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
    // null is how JSON leaves a field out.
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
  // A text of one byte a character: V8 searches it twenty times as fast as Deno does a Buffer.
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  if (hasTooManyParts(body)) throw new HttpError(413, `At most ${MAX_PARTS} fields are read`);
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
    // A file field in which nothing was chosen is sent as an empty file without a name.
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

/** A multipart body without the contents of its long parts, and those by the index of the part. */
interface CutBody {
  readonly rest: Uint8Array<ArrayBuffer>;
  readonly cut: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
  readonly parts: number;
}

/**
 * Cuts pictures out of a multipart body: Deno reads one byte after the other, and would hold the
 * event loop for as long as a picture is long.
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
    const headEnd = body.indexOf(HEAD_END, at);
    const start = headEnd + HEAD_END.length;
    const end = headEnd === -1 ? -1 : body.indexOf(delimiter, start);
    if (end === -1) break;
    const isLong = end - start > FORM_MAX_BYTES;
    kept.push(bytes.subarray(at, isLong ? start : end));
    if (isLong) cut.set(parts, bytes.subarray(start, end));
    at = end;
  }
  kept.push(bytes.subarray(at));
  return { rest: new Uint8Array(Buffer.concat(kept)), cut, parts };
}

/** Counts what ends the head of each part. A picture has some of them by chance, and never many. */
function hasTooManyParts(body: string): boolean {
  let at = -1;
  for (let parts = 0; parts <= MAX_PARTS; parts++) {
    at = body.indexOf(HEAD_END, at + 1);
    if (at === -1) return false;
  }
  return true;
}

/** A field that came twice could mean one thing to a check and another to what follows it. */
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
