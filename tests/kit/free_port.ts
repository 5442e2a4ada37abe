/** A TCP port of the loopback interface on which nobody listens now. */
export function freePort(): number {
  return freePorts(1)[0] ?? 0;
}

/** That many different free ports of the loopback interface. */
export function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}
