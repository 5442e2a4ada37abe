import type { ResolvedFreshConfig } from "./config.ts";
import { deploymentId } from "./deployment.ts";
import type { FreshHandler } from "./dispatch.ts";

/** The options of `Deno.serve`. */
export type ListenOptions =
  & Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>
  & {
    /** Host to show in the banner if it differs from the one that is listened on. */
    remoteAddress?: string;
  };

const FIRST_PORT = 8000;
const PORTS_TO_TRY = 20;

/**
 * Starts a server that runs until `options.signal` is aborted. It listens when this returns.
 *
 * @throws {Deno.errors.AddrInUse} If the port is taken, or all ports that are tried.
 */
export function listen(
  handler: FreshHandler,
  config: ResolvedFreshConfig,
  options: ListenOptions,
): Deno.HttpServer {
  const announce = (address: Deno.NetAddr) => {
    // On a platform nobody reads the console, and the address is not the public one.
    if (deploymentId() === undefined) console.log(banner(address, config, options));
  };
  const onListen = options.onListen ?? announce;
  const serve = (port: number) => Deno.serve({ ...options, port, onListen }, handler);
  if (options.port !== undefined && options.port !== 0) return serve(options.port);
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS_TO_TRY; port++) {
    try {
      return serve(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Deno.errors.AddrInUse(
    `Ports ${FIRST_PORT} to ${FIRST_PORT + PORTS_TO_TRY - 1} are all in use`,
  );
}

function banner(
  address: Deno.NetAddr,
  config: ResolvedFreshConfig,
  { cert, remoteAddress }: ListenOptions,
): string {
  const protocol = cert === undefined ? "http" : "https";
  const unspecified = address.hostname === "0.0.0.0" || address.hostname === "::";
  const host = remoteAddress ?? (unspecified ? "localhost" : address.hostname);
  const printable = host.includes(":") ? `[${host}]` : host;
  return `Fresh is ready at ${protocol}://${printable}:${address.port}${config.basePath}/`;
}
