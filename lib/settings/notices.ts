import {
  addressSet,
  bracketed,
  isLoopback,
  isLoopbackHost,
  type Network,
  parseAddress,
} from "@/lib/ip_address.ts";
import type { DatabaseSettings } from "./database.ts";
import type { SettingValues } from "./declarations.ts";
import { insecureUrls, isPlainDatabase } from "./production.ts";

/** A rule, and the notice if it holds. */
type Rule = readonly [holds: boolean, notice: string];

const MINUTES_AN_HOUR = 60;

/** "This host", and multicast, reserved and broadcast addresses: no connection comes from them. */
const NOBODY: readonly Network[] = [
  { address: "0.0.0.0", bits: 8 },
  { address: "224.0.0.0", bits: 3 },
  { address: "::", bits: 128 },
  { address: "ff00::", bits: 8 },
];

/** Finds settings without effect. Returns a sentence for each. */
export function findIdleSettings(values: SettingValues, database: DatabaseSettings): string[] {
  const { FTP_URL: ftp, SMTP_URL: smtp, SESSION_IDLE_MINUTES, SESSION_MAX_HOURS } = values;
  const rules: Rule[] = [
    [
      values.ALLOW_HTTP && insecureUrls(values).length === 0,
      "ALLOW_HTTP takes no effect: it is for an APP_URL that begins with http:// elsewhere",
    ],
    [
      values.DATABASE_ALLOW_PLAINTEXT && !isPlainDatabase(database),
      "DATABASE_ALLOW_PLAINTEXT takes no effect: it is for sslmode=disable to another host",
    ],
    [
      values.FTP_CA_FILE !== undefined && (ftp?.tls ?? "none") === "none",
      "FTP_CA_FILE takes no effect: it needs an FTP_URL that begins with ftps://",
    ],
    [
      values.FTP_ALLOW_PLAINTEXT && ftp?.tls !== "none",
      "FTP_ALLOW_PLAINTEXT takes no effect: it is for an FTP_URL that begins with ftp://",
    ],
    [
      values.SMTP_ALLOW_PLAINTEXT && smtp?.tls !== "starttls",
      "SMTP_ALLOW_PLAINTEXT takes no effect: it is for an SMTP_URL that begins with smtp://",
    ],
    [
      values.IMAGE_PUBLIC_URL !== undefined && ftp === undefined,
      "IMAGE_PUBLIC_URL takes no effect without FTP_URL: avatars stay in the database",
    ],
    [
      values.MAIL_FROM !== undefined && smtp === undefined,
      "MAIL_FROM takes no effect without SMTP_URL: letters are written to .data/outbox",
    ],
    [
      values.SMTP_CA_FILE !== undefined && smtp === undefined,
      "SMTP_CA_FILE takes no effect without SMTP_URL",
    ],
    [
      values.TWO_FACTOR !== "optional" && !offersFactors(values),
      "TWO_FACTOR takes no effect: nobody can set up a second factor without SECRET_KEY, or an " +
      "APP_URL with https and a host name for passkeys",
    ],
    [
      values.TWO_FACTOR_FROM !== undefined && values.TWO_FACTOR === "optional",
      "TWO_FACTOR_FROM takes no effect: TWO_FACTOR asks nobody for a second factor",
    ],
    [
      SESSION_IDLE_MINUTES > SESSION_MAX_HOURS * MINUTES_AN_HOUR,
      `SESSION_IDLE_MINUTES takes no effect: sessions end after SESSION_MAX_HOURS, which is less`,
    ],
  ];
  return [
    ...rules.filter(([holds]) => holds).map(([, notice]) => notice),
    ...findIdleProxies(values),
  ];
}

/** Whether users can set up an authenticator or a passkey. In development both always work. */
function offersFactors({ APP_ENV, SECRET_KEY, APP_URL: url }: SettingValues): boolean {
  if (SECRET_KEY !== undefined || APP_ENV === "development" || url === undefined) return true;
  const { protocol, hostname } = new URL(url);
  const isAddress = parseAddress(hostname.replace(/^\[|\]$/g, "")) !== undefined;
  return isLoopbackHost(hostname) || (protocol === "https:" && !isAddress);
}

function findIdleProxies({ TRUST_PROXY: proxies = [], HOST: host }: SettingValues): string[] {
  const here = host === "localhost" ? "127.0.0.1" : parseAddress(host ?? "");
  if (here && isLoopback(here) && proxies.length > 0 && !addressSet(proxies).has(here)) {
    return [
      `TRUST_PROXY takes no effect: HOST is ${host}, where all connections come from ${here}`,
    ];
  }
  const nobody = addressSet(NOBODY);
  return proxies.flatMap((network) => {
    if (network.bits === 0) {
      return `TRUST_PROXY has ${spelled(network)}, which is everybody, so that no address is ` +
        "taken from X-Forwarded-For: name the network of the proxies";
    }
    return network.bits >= 8 && nobody.has(network.address)
      ? `TRUST_PROXY has ${spelled(network)}, from which no connection comes`
      : [];
  });
}

function spelled({ address, bits }: Network): string {
  return bits === 32 || bits === 128 ? address : `${bracketed(address)}/${bits}`;
}
