import { Buffer } from "node:buffer";
import { Readable, Writable } from "node:stream";
import { type Client, FTPError } from "basic-ftp";
import type { FtpSettings } from "@/lib/settings/ftp_url.ts";
import {
  FTP_TIME_LIMITS,
  FtpConnections,
  type FtpTimeLimits,
} from "@/lib/storage/ftp_connections.ts";
import {
  type ImageFile,
  type ImageStore,
  MAX_STORED_BYTES,
  shardOfName,
  type StoredImage,
  StoreUnavailableError,
} from "@/lib/storage/image_store.ts";

/** "Requested action not taken. File unavailable." RFC 959, 4.2.2 */
const NOT_THERE = 550;

/**
 * Images on an FTP server, as `BASE/SHARD/NAME`. The names are the only thing that callers choose,
 * and each is checked before it becomes part of a path, so nothing outside the base folder is ever
 * touched.
 */
export class FtpStore implements ImageStore {
  readonly #connections: FtpConnections;
  readonly #baseDir: string;
  /** Folders that are known to be there. */
  readonly #folders = new Set<string>();

  constructor(settings: FtpSettings, limits: FtpTimeLimits = FTP_TIME_LIMITS) {
    this.#connections = new FtpConnections(settings, limits);
    this.#baseDir = settings.baseDir.replace(/\/+$/, "");
  }

  /**
   * Sends a file under a temporary name and renames it, so that nobody ever sees half of it. The
   * temporary name is always the same: what a broken transfer left is written over by the next.
   */
  async put({ name, bytes }: ImageFile): Promise<void> {
    const folder = this.#folderOf(name);
    const path = `${folder}/${name}`;
    const partial = `${path}.part`;
    await this.#connections.run(async (client) => {
      const before = await sizeOf(client, path);
      if (before === bytes.byteLength) return;
      await this.#ensureFolder(client, folder);
      await this.#send(client, bytes, partial);
      // Some servers do not rename onto a file; a damaged one is no loss.
      if (before !== undefined) await client.remove(path);
      await client.rename(partial, path);
      const after = await sizeOf(client, path);
      if (after !== bytes.byteLength) {
        throw new Error(`${name} has ${after ?? "no"} bytes there instead of ${bytes.byteLength}`);
      }
    });
  }

  /**
   * Asks for the size first: a server that refuses a transfer closes the data connection as well,
   * and its refusal may arrive after that, when it looks like a broken network.
   */
  async get(name: string): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(name);
    return await this.#connections.run(async (client) => {
      if (await sizeOf(client, path) === undefined) return undefined;
      const { sink, bytes } = collectBytes();
      await client.downloadTo(sink, path);
      return bytes();
    });
  }

  /** @inheritdoc */
  async delete(name: string): Promise<void> {
    const path = this.#pathOf(name);
    await this.#connections.run((client) => unlessMissing(() => client.remove(path)));
  }

  /** Leaves out whatever else lies in the folder: those names were not made here. */
  async list(shard: string): Promise<StoredImage[]> {
    const folder = `${this.#baseDir}/${shard}`;
    const entries = await this.#connections.run((client) =>
      unlessMissing(async () => {
        // As in get(): no transfer is begun that may be refused.
        await client.cd(folder);
        return await client.list(folder);
      })
    );
    return (entries ?? [])
      .filter((entry) => entry.isFile && isOurs(entry.name, shard))
      .map(({ name, size }) => ({ name, size }));
  }

  /** @inheritdoc */
  async modifiedAt(name: string): Promise<Date | undefined> {
    const path = this.#pathOf(name);
    return await this.#connections.run((client) => unlessMissing(() => client.lastMod(path)));
  }

  /** Signs in and looks whether the base folder is there or can be made. */
  async check(): Promise<void> {
    await this.#connections.run((client) => client.ensureDir(this.#baseDir || "/"));
  }

  /** @inheritdoc */
  close(): void {
    this.#connections.close();
  }

  async #ensureFolder(client: Client, folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await client.ensureDir(folder);
    this.#folders.add(folder);
  }

  async #send(client: Client, bytes: Uint8Array, path: string): Promise<void> {
    try {
      await client.uploadFrom(Readable.from([Buffer.from(bytes)]), path);
    } catch (error) {
      // The folder may have been taken away, and a full disk must not keep the half that it took.
      this.#folders.clear();
      if (!client.closed) await client.remove(path).catch(() => undefined);
      throw error;
    }
  }

  #folderOf(name: string): string {
    return `${this.#baseDir}/${shardOfName(name)}`;
  }

  #pathOf(name: string): string {
    return `${this.#folderOf(name)}/${name}`;
  }
}

async function sizeOf(client: Client, path: string): Promise<number | undefined> {
  return await unlessMissing(() => client.size(path));
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FTPError && error.code === NOT_THERE) return undefined;
    throw error;
  }
}

function isOurs(name: string, shard: string): boolean {
  return /^[0-9a-f]{64}(-96)?\.webp(\.part)?$/.test(name) && name.startsWith(shard);
}

/** A stream that keeps what is written to it, unless that is more than any file of ours. */
function collectBytes(): { sink: Writable; bytes: () => Uint8Array } {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const sink = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      length += chunk.byteLength;
      chunks.push(chunk);
      done(length > MAX_STORED_BYTES ? new StoreUnavailableError("The file is too large") : null);
    },
  });
  return { sink, bytes: () => new Uint8Array(Buffer.concat(chunks)) };
}
