import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { Readable, Writable } from "node:stream";
import type { Client } from "basic-ftp";
import type { FtpSettings } from "@/lib/settings/ftp_url.ts";
import {
  FTP_TIME_LIMITS,
  FtpConnections,
  type FtpTimeLimits,
} from "@/lib/storage/ftp_connections.ts";
import {
  changedAt,
  ensureFolder,
  findBaseFolder,
  listFolder,
  removeFile,
  sizeOf,
} from "@/lib/storage/ftp_session.ts";
import {
  type ImageFile,
  imageName,
  type ImageStore,
  MAX_STORED_BYTES,
  shardOfName,
  type StoredImage,
  StoreUnavailableError,
} from "@/lib/storage/image_store.ts";

/**
 * Stores images on an FTP server as `BASE/SHARD/NAME`. Callers only choose names, and each name is
 * checked before it becomes part of a path, so nothing outside the base folder can be touched.
 */
export class FtpStore implements ImageStore {
  readonly #connections: FtpConnections;
  readonly #baseDir: string;
  /** The folder of `baseDir` on the server, once known. */
  #base: string | undefined;
  /** Folders that are known to exist. */
  readonly #folders = new Set<string>();
  /** Test file. Its name is unique, because several processes may test at once. */
  readonly #sample = sampleFile();

  constructor(settings: FtpSettings, limits: FtpTimeLimits = FTP_TIME_LIMITS) {
    this.#connections = new FtpConnections(settings, limits);
    this.#baseDir = settings.baseDir;
  }

  /**
   * Sends a file under a temporary name and renames it, so that nobody ever sees half of it. The
   * temporary name is always the same, so the next attempt overwrites the rest of a broken
   * transfer.
   */
  async put({ name, bytes }: ImageFile): Promise<void> {
    const partial = `${name}.part`;
    await this.#run(shardOfName(name), async (client, folder) => {
      const before = await sizeOf(client, folder, name);
      if (before === bytes.byteLength) return;
      await this.#ensureFolder(client, folder);
      await this.#send(client, bytes, `${folder}/${partial}`);
      // Some servers do not rename onto an existing file. A damaged one is no loss.
      if (before !== undefined) await removeFile(client, folder, name);
      await client.rename(`${folder}/${partial}`, `${folder}/${name}`);
      const after = await sizeOf(client, folder, name);
      if (after !== bytes.byteLength) {
        throw new Error(`${name} has ${after ?? "no"} bytes there instead of ${bytes.byteLength}`);
      }
    });
  }

  /**
   * Asks for the size first. A server that refuses a transfer also closes the data connection, and
   * if the refusal arrives later, it looks like a broken network.
   */
  async get(name: string): Promise<Uint8Array | undefined> {
    return await this.#run(shardOfName(name), async (client, folder) => {
      if (await sizeOf(client, folder, name) === undefined) return undefined;
      const { sink, bytes } = collectBytes();
      await client.downloadTo(sink, `${folder}/${name}`);
      return bytes();
    });
  }

  /** @inheritdoc */
  async delete(name: string): Promise<void> {
    await this.#run(shardOfName(name), (client, folder) => removeFile(client, folder, name));
  }

  /** Ignores other files in the folder. */
  async list(shard: string): Promise<StoredImage[]> {
    const entries = await this.#run(shard, listFolder);
    return entries
      .filter((entry) => entry.isFile && isOurs(entry.name, shard))
      .map(({ name, size }) => ({ name, size }));
  }

  /** @inheritdoc */
  async modifiedAt(name: string): Promise<Date | undefined> {
    return await this.#run(
      shardOfName(name),
      (client, folder) => changedAt(client, folder, name),
    );
  }

  /** Sends a small file, fetches it back and removes it. */
  async check(): Promise<void> {
    const { name, bytes } = this.#sample;
    await this.put(this.#sample);
    const back = await this.get(name);
    await this.delete(name);
    if (back === undefined || !bytes.every((byte, at) => byte === back[at])) {
      throw new StoreUnavailableError("The FTP server does not give back what it was sent");
    }
  }

  /** @inheritdoc */
  close(): void {
    this.#connections.close();
  }

  /** Runs `work` with the folder of a shard, on a connection. */
  async #run<T>(
    shard: string,
    work: (client: Client, folder: string) => Promise<T>,
  ): Promise<T> {
    return await this.#connections.run(async (client) => {
      this.#base ??= await findBaseFolder(client, this.#baseDir);
      return await work(client, `${this.#base}/${shard}`);
    });
  }

  async #ensureFolder(client: Client, folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await ensureFolder(client, folder);
    this.#folders.add(folder);
  }

  async #send(client: Client, bytes: Uint8Array, path: string): Promise<void> {
    try {
      await client.uploadFrom(Readable.from([Buffer.from(bytes)]), path);
    } catch (error) {
      // The folder may have disappeared, and a full disk must not keep a partial file.
      this.#folders.clear();
      if (!client.closed) await client.remove(path).catch(() => undefined);
      throw error;
    }
  }
}

/** Makes unique bytes, with the name that an image of them would have. */
function sampleFile(): ImageFile {
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  return { name: imageName(createHash("sha256").update(bytes).digest("hex"), "large"), bytes };
}

function isOurs(name: string, shard: string): boolean {
  return /^[0-9a-f]{64}(-96)?\.webp(\.part)?$/.test(name) && name.startsWith(shard);
}

/** A stream that collects what is written, unless it exceeds any file of ours. */
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
