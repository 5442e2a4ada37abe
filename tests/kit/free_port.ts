/** Returns a TCP port of the loopback interface that is free now. */
export function freePort(): number {
  return freePorts(1)[0] ?? 0;
}

/** Returns several different free ports of the loopback interface. */
function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}
