import type { Encoding, FileContent, StaticFile } from "../build_cache.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a build knows of a static file besides its bytes. */
export interface FileRecord {
  readonly contentType: string;
  readonly hash: string;
  readonly immutable: boolean;
  readonly encodings: readonly Encoding[];
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A static file of a build that is read when it is first asked for, and then kept. */
export class StoredFile implements StaticFile {
  readonly contentType: string;
  readonly hash: string;
  readonly immutable: boolean;
  readonly encodings: readonly Encoding[];
  readonly #read: (encoding: Encoding) => Bytes | Promise<Bytes>;
  readonly #contents = new Map<Encoding, FileContent | Promise<FileContent>>();

  constructor(record: FileRecord, read: (encoding: Encoding) => Bytes | Promise<Bytes>) {
    this.contentType = record.contentType;
    this.hash = record.hash;
    this.immutable = record.immutable;
    this.encodings = record.encodings;
    this.#read = read;
  }

  content(encoding: Encoding): FileContent | Promise<FileContent> {
    return this.#contents.get(encoding) ?? this.#load(encoding);
  }

  #load(encoding: Encoding): FileContent | Promise<FileContent> {
    const bytes = this.#read(encoding);
    const content = bytes instanceof Promise
      ? bytes.then((bytes) => this.#contentOf(bytes, encoding))
      : this.#contentOf(bytes, encoding);
    this.#contents.set(encoding, content);
    if (content instanceof Promise) {
      content.then(
        (content) => this.#contents.set(encoding, content),
        // The next request may have more luck.
        () => this.#contents.delete(encoding),
      );
    }
    return content;
  }

  #contentOf(bytes: Bytes, encoding: Encoding): FileContent {
    const isText = encoding === "identity" && this.contentType.endsWith("charset=UTF-8");
    return { body: (isText ? textOf(bytes) : undefined) ?? bytes, byteLength: bytes.byteLength };
  }
}

/** The text that is these very bytes in UTF-8; absent if there is none, whatever the file's name says. */
function textOf(bytes: Bytes): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
