import {
  CACHE_HEADER,
  HTTPS_HEADER,
  REFERRER_HEADER,
  SECURITY_HEADERS,
  type SecurityHeader,
} from "@/lib/security_headers.ts";
import {
  colourQuestion,
  type Cookie,
  cookiesOf,
  copyFaults,
  everyAnswer,
  faultsOf,
  guardFaults,
  OTHER_SITE,
  plainFaults,
  policyFaults,
  privateAnswers,
  statusFaults,
} from "./live_answers.ts";
import { JSON_ONLY, type LiveAnswer, type LiveSite } from "./live_site.ts";
import { certificateFaults, offerFaults } from "./live_tls.ts";

/** Something that an installation must show to visitors. */
export interface LiveCheck {
  readonly check: string;
  /** The requirement of OWASP's ASVS 5.0 that it belongs to. */
  readonly asvs: string;
  /** What a sound installation does. */
  readonly fact: string;
  readonly advice: string;
  /** It looks at TLS, and so at nothing where there is none. */
  readonly overTls?: true;
  /** Says what is wrong, a phrase each. */
  find(site: LiveSite): Promise<readonly string[]> | readonly string[];
}

const PASS_ON = "Let the proxy pass the application's headers on, and set none of the same name";
const GUARD = "Send every path to the application, and nothing else to visitors";

/** What `deno task doctor --live` looks at, a row a check. */
export const LIVE_CHECKS: readonly LiveCheck[] = [
  {
    check: "Encryption",
    asvs: "12.2.1",
    fact: "The address is https",
    advice: "Put a proxy with TLS before the application, and set APP_URL to its address",
    find: ({ url }) => url.protocol === "https:" ? [] : [`${url.origin} is not encrypted`],
  },
  {
    check: "Certificate",
    asvs: "12.2.2",
    fact: "The certificate is trusted, for this name, and good for two weeks or more",
    advice: "Get a certificate for the name that people type, and let it be renewed by itself",
    find: certificateFaults,
    overTls: true,
  },
  {
    check: "TLS version",
    asvs: "12.1.1",
    fact: "TLS 1.0 and 1.1 are refused",
    advice: "Set ssl_protocols TLSv1.2 TLSv1.3 in nginx, or the like in another proxy",
    find: (site) => offerFaults(site, ["TLS 1.0", "TLS 1.1"]),
    overTls: true,
  },
  {
    check: "Cipher suites",
    asvs: "12.1.2",
    fact: "Suites without forward secrecy, and those with CBC, are refused",
    advice: "Name only ECDHE suites with GCM or CHACHA20 in ssl_ciphers of nginx, or the like",
    find: (site) => offerFaults(site, ["TLS 1.2 with an old cipher suite"]),
    overTls: true,
  },
  {
    check: "From http to https",
    asvs: "4.1.2",
    fact: "Pages lead from http to https, and anything else is refused there",
    advice: "Let the proxy answer GET and HEAD on port 80 with 301 to https, and 403 to the others",
    find: plainFaults,
  },
  ...[...SECURITY_HEADERS, HTTPS_HEADER].map((header) => headerCheck(header, everyAnswer)),
  ...[REFERRER_HEADER, CACHE_HEADER].map((header) => headerCheck(header, privateAnswers)),
  {
    check: "Content security policy",
    asvs: "3.4.3",
    fact: "Pages may load their own files only, and everything else may load nothing",
    advice: PASS_ON,
    find: policyFaults,
  },
  {
    check: "Copies of pages",
    asvs: "14.2.2",
    fact: "The same page comes with another x-request-id each time, so it is no copy",
    advice: "Switch the cache of the proxy off, except for answers that are marked public",
    find: copyFaults,
  },
  {
    check: "Other sites",
    asvs: "3.4.2",
    fact: "No other site may read an answer",
    advice: "Set no Access-Control-Allow-Origin in the proxy",
    find: (site) =>
      faultsOf([site.ask({ path: "/profile", headers: { ...JSON_ONLY, origin: OTHER_SITE } })], [
        ({ headers }) => headers.has("access-control-allow-origin"),
        ({ headers }) => `may be read by ${headers.get("access-control-allow-origin")}`,
      ]),
  },
  {
    check: "Forged requests",
    asvs: "3.5.1",
    fact: "Changes come from the site's own pages only",
    advice: "Set APP_URL to this address, and let the proxy pass on Origin and Sec-Fetch-Site",
    find: async (site) => [
      ...await statusFaults([site.ask(colourQuestion(OTHER_SITE))], [403]),
      ...await statusFaults([site.ask(colourQuestion(site.url.origin))], [303]),
    ],
  },
  cookieCheck(
    "Secure cookies",
    "3.3.1",
    "sent over https only",
    ({ attributes }) => attributes.has("secure"),
  ),
  cookieCheck(
    "Cookies of other sites",
    "3.3.2",
    "SameSite",
    ({ attributes }) => ["lax", "strict"].includes(attributes.get("samesite")?.toLowerCase() ?? ""),
  ),
  cookieCheck(
    "Cookies of the host",
    "3.3.3",
    "bound to the host",
    ({ name, attributes }) =>
      /^__(Host|Secure)-/.test(name) && !attributes.has("domain") &&
      (name.startsWith("__Secure-") || attributes.get("path") === "/"),
  ),
  cookieCheck(
    "Cookies and scripts",
    "3.3.4",
    "out of reach of scripts",
    ({ attributes }) => attributes.has("httponly"),
  ),
  {
    check: "Methods",
    asvs: "13.4.4",
    fact: "TRACE and unknown methods are refused",
    advice: "Refuse them in the proxy, or pass them on to the application, which does",
    find: (site) =>
      faultsOf(
        ["TRACE", "PROPFIND", "DOCTOR"].map((method) => site.ask({ method, path: "/login" })),
        [({ status }) => status < 400, ({ status }) => `is answered with ${status}`],
      ),
  },
  {
    check: "Pages of users",
    asvs: "8.2.1",
    fact: "Without a session every page and action of users and admins is refused",
    advice: GUARD,
    find: guardFaults,
  },
  {
    check: "Files of the server",
    asvs: "13.4.1",
    fact: "No file beside the application is served",
    advice: GUARD,
    find: (site) => statusFaults(CLOSED_PATHS.map((path) => site.ask({ path })), [403, 404]),
  },
  {
    check: "Probes",
    asvs: "13.4.5",
    fact: "/healthz and /readyz say one word, and answer the proxy's questions",
    advice: "Start the server, and see what /readyz waits for with deno task doctor",
    find: async (site) => [
      ...await statusFaults(PROBES.map((path) => site.ask({ path })), [200]),
      ...await faultsOf(PROBES.map((path) => site.ask({ path })), [
        ({ text }) => text.length > MAX_PROBE_CHARS,
        () => "says more than a word",
      ]),
    ],
  },
  {
    check: "Types",
    asvs: "4.1.1",
    fact: "Every answer with a body names its type, and texts are UTF-8",
    advice: PASS_ON,
    find: (site) =>
      faultsOf(everyAnswer(site), [
        ({ text, headers }) => text !== "" && !isTyped(headers.get("content-type") ?? ""),
        ({ headers }) => `has the type ${headers.get("content-type")}`,
      ]),
  },
  {
    check: "Versions",
    asvs: "13.4.6",
    fact: "No answer names a program with its version",
    advice: "Set server_tokens off in nginx, or the like in another proxy",
    find: (site) =>
      faultsOf(everyAnswer(site), [
        (answer) => versionIn(answer) !== undefined,
        (answer) => `says ${versionIn(answer)}`,
      ]),
  },
  {
    check: "Errors",
    asvs: "16.5.1",
    fact: "Errors say nothing of the inside",
    advice: "Set APP_ENV=production, and let the proxy pass the application's error pages on",
    find: (site) =>
      faultsOf(everyAnswer(site), [
        ({ text }) => INSIDE.test(text),
        ({ text }) => `says "${INSIDE.exec(text)?.[0]}"`,
      ]),
  },
];

const CLOSED_PATHS = ["/.git/HEAD", "/.env", "/deno.json", "/main.ts", "/.data/", "/static/"];
const PROBES = ["/healthz", "/readyz"];
const MAX_PROBE_CHARS = 20;
const INSIDE = /node_modules|\bat (?:async )?[\w.]+ \(|\.tsx?:\d+|kysely|relation "|PostgreSQL/i;

function headerCheck(
  { name, value, asvs }: SecurityHeader,
  answers: (site: LiveSite) => Promise<LiveAnswer>[],
): LiveCheck {
  return {
    check: name,
    asvs,
    fact: value,
    advice: PASS_ON,
    find: (site) =>
      faultsOf(answers(site), [
        ({ headers }) => headers.get(name) !== value,
        ({ headers }) => headers.has(name) ? `has ${headers.get(name)}` : "is without it",
      ]),
  };
}

/** Checks the cookies that visitors get. */
function cookieCheck(
  check: string,
  asvs: string,
  quality: string,
  isRight: (cookie: Cookie) => boolean,
): LiveCheck {
  return {
    check,
    asvs,
    fact: `Cookies are ${quality}`,
    advice: "Set APP_URL to this address, and let the proxy pass Set-Cookie on as it is",
    async find(site) {
      const cookies = await cookiesOf(site);
      if (cookies.length === 0) return ["No answer sets a cookie"];
      return cookies.filter((cookie) => !isRight(cookie))
        .map(({ name }) => `${name} is not ${quality}`);
    },
  };
}

function isTyped(type: string): boolean {
  return /^(?:text\/[\w.+-]+; ?charset=utf-8|(?!text\/)\w+\/[\w.+-]+)$/i.test(type);
}

/** Such as `nginx/1.22.1`, as error pages of proxies say it too. */
const PROGRAM = /\b(?:nginx|openresty|apache|caddy|haproxy|deno|node|express)\/\d[\w.]*/i;

function versionIn({ headers, text }: LiveAnswer): string | undefined {
  const named = [headers.get("server"), headers.get("x-powered-by"), PROGRAM.exec(text)?.[0]];
  return named.find((value) => /\d/.test(value ?? "")) ?? undefined;
}
