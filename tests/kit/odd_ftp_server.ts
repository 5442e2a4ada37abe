import { dirname } from "node:path/posix";

/** Differences between an FTP server and common ones. */
export interface Oddities {
  /** Address to listen on. Default: `127.0.0.1`. */
  readonly hostname?: string;
  /** The folder after signing in. Default: `/`. */
  readonly loginFolder?: string;
  /**
   * A special answer to a command, such as `502 No` to `SIZE`, or `undefined` for the common one.
   */
  answer?(command: string, argument: string): string | undefined;
}

/** An FTP server without TLS in this process, which keeps files in memory. */
export interface OddFtpServer extends AsyncDisposable {
  readonly port: number;
  /** By path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Received commands. */
  readonly commands: readonly string[];
}

/** Starts an FTP server that answers like servers that the tests cannot install. */
export function startOddFtpServer(oddities: Oddities = {}): OddFtpServer {
  const { hostname = "127.0.0.1", loginFolder = "/", answer = () => undefined } = oddities;
  const listener = Deno.listen({ hostname, port: 0 });
  const disk: Disk = { files: new Map(), folders: new Set(["/", loginFolder]) };
  const commands: string[] = [];
  const sessions = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const session = new Session(connection, disk, loginFolder);
      sessions.add(session.serve((command, argument) => {
        commands.push(`${command} ${argument}`.trim());
        return answer(command, argument);
      }));
    }
  })();
  return {
    port: listener.addr.port,
    files: disk.files,
    commands,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(sessions);
    },
  };
}

interface Disk {
  readonly files: Map<string, Uint8Array>;
  readonly folders: Set<string>;
}

class Session {
  #data: Deno.TcpListener | undefined;
  #renamed = "";

  constructor(
    private readonly connection: Deno.Conn,
    private readonly disk: Disk,
    private folder: string,
  ) {}

  async serve(answer: (command: string, argument: string) => string | undefined): Promise<void> {
    using _connection = this.connection;
    try {
      await this.#say("220 odd");
      const lines = this.connection.readable.pipeThrough(new TextDecoderStream());
      let rest = "";
      for await (const text of lines) {
        const parts = (rest + text).split("\r\n");
        rest = parts.pop() ?? "";
        for (const line of parts) {
          const [, command = "", argument = ""] = /^(\S+) ?(.*)$/.exec(line) ?? [];
          await this.#say(answer(command, argument) ?? await this.#obey(command, argument));
        }
      }
    } catch (error) {
      // The client has disconnected.
      const isGone = error instanceof Deno.errors.BrokenPipe ||
        error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BadResource;
      if (!isGone) throw error;
    } finally {
      this.#data?.close();
    }
  }

  async #say(line: string): Promise<void> {
    await this.connection.write(new TextEncoder().encode(`${line}\r\n`));
  }

  /** @see https://www.rfc-editor.org/rfc/rfc959 */
  async #obey(command: string, argument: string): Promise<string> {
    const { files, folders } = this.disk;
    const path = new URL(argument, `file://${this.folder.replace(/\/?$/, "/")}`).pathname;
    const bytes = files.get(path);
    switch (command) {
      case "USER":
        return "331 password";
      case "PASS":
        return "230 in";
      case "PWD":
        return `257 "${this.folder}" is it`;
      case "CWD":
        if (!folders.has(path)) return "550 no folder";
        this.folder = path;
        return "250 in it";
      case "MKD":
        if (folders.has(path) || !folders.has(dirname(path))) return "550 not made";
        folders.add(path);
        return "257 made";
      case "EPSV":
        return `229 (|||${this.#listen()}|)`;
      case "PASV": {
        const port = this.#listen();
        return `227 (10,255,255,1,${port >> 8},${port & 255})`;
      }
      case "STOR":
        files.set(path, await this.#receive());
        return "226 stored";
      case "RETR":
        if (bytes === undefined) return "550 no file";
        return await this.#send(bytes);
      case "LIST":
        return await this.#send(new TextEncoder().encode(this.#listing()));
      case "SIZE":
        return bytes === undefined ? "550 no file" : `213 ${bytes.byteLength}`;
      case "DELE":
        return files.delete(path) ? "250 gone" : "550 no file";
      case "RNFR":
        this.#renamed = path;
        return "350 to what";
      case "RNTO":
        files.set(path, files.get(this.#renamed) ?? new Uint8Array());
        files.delete(this.#renamed);
        return "250 renamed";
      case "TYPE":
        return "200 fine";
      default:
        return "502 not here";
    }
  }

  #listing(): string {
    return [...this.disk.files].filter(([path]) => dirname(path) === this.folder)
      .map(([path, bytes]) =>
        `-rw-r--r-- 1 a a ${bytes.byteLength} Jan 01 2026 ${
          path.slice(path.lastIndexOf("/") + 1)
        }\r\n`
      ).join("");
  }

  #listen(): number {
    this.#data?.close();
    const { hostname } = this.connection.localAddr as Deno.NetAddr;
    this.#data = Deno.listen({ hostname, port: 0 });
    return this.#data.addr.port;
  }

  async #receive(): Promise<Uint8Array> {
    using data = await this.#accept();
    return new Uint8Array(await new Response(data.readable).arrayBuffer());
  }

  async #send(bytes: Uint8Array): Promise<string> {
    using data = await this.#accept();
    await data.write(bytes);
    return "226 sent";
  }

  async #accept(): Promise<Deno.Conn> {
    await this.#say("150 go on");
    const accepted = await this.#data?.accept();
    if (accepted === undefined) throw new Error("no data connection was asked for");
    return accepted;
  }
}
