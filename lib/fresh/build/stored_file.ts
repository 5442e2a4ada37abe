import type { Encoding, StaticFile } from "../build_cache.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What a build knows of a static file besides its bytes. */
export interface FileRecord {
  readonly contentType: string;
  readonly hash: string;
  readonly immutable: boolean;
  readonly encodings: readonly Encoding[];
}

/** A static file of a build whose bytes are read when they are first asked for, and then kept. */
export class StoredFile implements StaticFile {
  readonly contentType: string;
  readonly hash: string;
  readonly immutable: boolean;
  readonly encodings: readonly Encoding[];
  readonly #read: (encoding: Encoding) => Bytes | Promise<Bytes>;
  readonly #bodies = new Map<Encoding, Bytes | Promise<Bytes>>();

  constructor(record: FileRecord, read: (encoding: Encoding) => Bytes | Promise<Bytes>) {
    this.contentType = record.contentType;
    this.hash = record.hash;
    this.immutable = record.immutable;
    this.encodings = record.encodings;
    this.#read = read;
  }

  body(encoding: Encoding): Bytes | Promise<Bytes> {
    return this.#bodies.get(encoding) ?? this.#load(encoding);
  }

  #load(encoding: Encoding): Bytes | Promise<Bytes> {
    const body = this.#read(encoding);
    this.#bodies.set(encoding, body);
    if (body instanceof Promise) {
      body.then(
        (bytes) => this.#bodies.set(encoding, bytes),
        // The next request may have more luck.
        () => this.#bodies.delete(encoding),
      );
    }
    return body;
  }
}
