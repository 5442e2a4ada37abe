import { setTimeout as pause } from "node:timers/promises";
/** Stands between a client and a server, and passes on what they say. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** How long each piece of what the server says is held back, in milliseconds. */
  delayMs: number;
}

/** Starts a relay on `hostname` to a port of the loopback interface. */
export function startRelay(port: number, hostname = "127.0.0.1"): Relay {
  const listener = Deno.listen({ hostname, port: 0 });
  const connections = new Set<Promise<unknown>>();
  const open = new Set<Deno.Conn>();
  const relay = {
    port: listener.addr.port,
    delayMs: 0,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) close(connection);
      await Promise.all(connections);
    },
  };
  const join = async (client: Deno.Conn) => {
    open.add(client);
    try {
      const upstream = await Deno.connect({ hostname: "127.0.0.1", port });
      open.add(upstream);
      await Promise.race([
        pass(client, upstream, () => 0),
        pass(upstream, client, () => relay.delayMs),
      ]);
      close(upstream);
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
    }
    close(client);
  };
  const serve = async () => {
    for await (const client of listener) connections.add(join(client));
  };
  connections.add(serve());
  return relay;
}

async function pass(from: Deno.Conn, to: Deno.Conn, delayMs: () => number): Promise<void> {
  const chunk = new Uint8Array(16_384);
  try {
    for (let read = await from.read(chunk); read !== null; read = await from.read(chunk)) {
      const bytes = chunk.slice(0, read);
      if (delayMs() > 0) await pause(delayMs());
      await to.write(bytes);
    }
  } catch {
    // One of the two hung up; the other is told by the caller.
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed from the other end.
  }
}
