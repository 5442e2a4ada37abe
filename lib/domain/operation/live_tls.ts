import { isIP } from "node:net";
import { connect } from "node:tls";
import { certificateSymptoms, withAdvice } from "@/lib/advice.ts";
import { unbracketed } from "@/lib/ip_address.ts";
import type { LiveSite } from "./live_site.ts";
import { takesOffer } from "./tls_offer.ts";

function endpointOf(url: URL): { host: string; port: number } {
  return { host: unbracketed(url.hostname), port: Number(url.port || 443) };
}

const DAY_MS = 24 * 3_600_000;
const LEAST_DAYS = 14;
const CONNECT_TIMEOUT_MS = 10_000;

/** Connects as browsers do, and says why they would not. */
export function certificateFaults({ url, ca }: LiveSite): Promise<string[]> {
  const { host, port } = endpointOf(url);
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const servername = isIP(host) === 0 ? host : "";
  const trusted = ca === undefined ? {} : { ca };
  const options = { host, port, servername, timeout: CONNECT_TIMEOUT_MS, ...trusted };
  const socket = connect(options, () => {
    const end = new Date(socket.getPeerCertificate().valid_to);
    const isNear = end.getTime() - Date.now() < LEAST_DAYS * DAY_MS;
    resolve(isNear ? [`It expires on ${end.toISOString().slice(0, 10)}`] : []);
    socket.destroy();
  });
  socket.once("timeout", () => socket.destroy(new Error("No answer")));
  const symptoms = certificateSymptoms("--live", "--ca-file");
  socket.once("error", (error) => resolve([withAdvice(error, symptoms)]));
  return promise;
}

/** Suites with CBC, and those without forward secrecy. */
const OLD_SUITES = [0xc009, 0xc00a, 0xc013, 0xc014, 0xc023, 0xc027, 0x009c, 0x002f, 0x0035, 0x000a];

/** What no server should take, by what it is called. */
const OFFERS = {
  "TLS 1.0": { version: 0x0301, suites: OLD_SUITES },
  "TLS 1.1": { version: 0x0302, suites: OLD_SUITES },
  "TLS 1.2 with an old cipher suite": { version: 0x0303, suites: OLD_SUITES },
};

/** Says which of the offers the site takes. */
export async function offerFaults(
  { url }: LiveSite,
  names: readonly (keyof typeof OFFERS)[],
): Promise<string[]> {
  const { host, port } = endpointOf(url);
  const taken = await Promise.all(names.map((name) => takesOffer(host, port, OFFERS[name])));
  return names.filter((_, index) => taken[index]).map((name) => `${name} is taken`);
}
