import { connect } from "node:tls";
import { isIP } from "node:net";
import { certificateSymptoms, withAdvice } from "@/lib/advice.ts";
import { unbracketed } from "@/lib/ip_address.ts";
import {
  CACHE_HEADER,
  CLOSED_POLICY,
  HTTPS_HEADER,
  pageDirectives,
  REFERRER_HEADER,
  SECURITY_HEADERS,
  type SecurityHeader,
} from "@/lib/security_headers.ts";
import { type ActionName, actionOf, actionsWith } from "@/lib/shared/actions.ts";
import { navigationOf } from "@/lib/shared/navigation.ts";
import { messageOf } from "@/lib/message_of.ts";
import type { Finding } from "./diagnosis.ts";
import {
  JSON_ONLY,
  type LiveAnswer,
  type LiveSite,
  PAGE,
  type Question,
  visit,
} from "./live_site.ts";
import { takesOffer } from "./tls_offer.ts";

/** Something that an installation must show to visitors. */
export interface LiveCheck {
  readonly check: string;
  /** The requirement of OWASP's ASVS 5.0 that it belongs to. */
  readonly asvs: string;
  /** What is so where nothing is found. */
  readonly fact: string;
  readonly advice: string;
  /** Says what is wrong, a phrase each. */
  find(site: LiveSite): Promise<readonly string[]> | readonly string[];
}

/** Where an installation is looked at. */
export interface LiveOptions {
  /** The port on which http leads to https. */
  readonly httpPort: number;
  /** PEM text of the authority of its certificate; the well-known authorities if absent. */
  readonly ca?: string | undefined;
}

/** Looks at an installation from outside, without signing in. Changes nothing there. */
export async function diagnoseSite(url: URL, { httpPort, ca }: LiveOptions): Promise<Finding[]> {
  const site = visit(url, httpPort, ca);
  try {
    await site.ask({ path: "/login" });
  } catch (error) {
    const advice = "Start the server and its proxy, and give doctor the address that people type";
    return [{
      check: "Address",
      state: "fail",
      detail: `${url.origin}: ${messageOf(error)}`,
      advice,
    }];
  }
  return await Promise.all(LIVE_CHECKS.map((check) => run(check, site)));
}

async function run(
  { check, asvs, fact, advice, find }: LiveCheck,
  site: LiveSite,
): Promise<Finding> {
  const faults = await Promise.try(find, site).catch((error) => [messageOf(error)]);
  return faults.length === 0
    ? { check, state: "ok", asvs, detail: fact }
    : { check, state: "fail", asvs, detail: shorten(faults), advice };
}

const MAX_FAULTS = 3;

function shorten(faults: readonly string[]): string {
  const more = faults.length - MAX_FAULTS;
  return [...faults.slice(0, MAX_FAULTS), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

const PASS_ON = "Let the proxy pass the application's headers on, and set none of the same name";
const OLD_SUITES = [0xc009, 0xc00a, 0xc013, 0xc014, 0xc023, 0xc027, 0x009c, 0x002f, 0x0035, 0x000a];
const OTHER_SITE = "https://other.example";
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
    find: onTls(certificateFaults),
  },
  {
    check: "TLS version",
    asvs: "12.1.1",
    fact: "TLS 1.0 and 1.1 are refused",
    advice: "Set ssl_protocols TLSv1.2 TLSv1.3 in nginx, or the like in another proxy",
    find: onTls(async (host, port) => [
      ...await takesOffer(host, port, { version: 0x0301, suites: OLD_SUITES })
        ? ["TLS 1.0 is taken"]
        : [],
      ...await takesOffer(host, port, { version: 0x0302, suites: OLD_SUITES })
        ? ["TLS 1.1 is taken"]
        : [],
    ]),
  },
  {
    check: "Cipher suites",
    asvs: "12.1.2",
    fact: "Suites without forward secrecy, and those with CBC, are refused",
    advice: "Name only ECDHE suites with GCM or CHACHA20 in ssl_ciphers of nginx, or the like",
    find: onTls(async (host, port) =>
      await takesOffer(host, port, { version: 0x0303, suites: OLD_SUITES })
        ? ["TLS 1.2 with an old cipher suite is taken"]
        : []
    ),
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
        ({ headers }) => versionIn(headers) !== undefined,
        ({ headers }) => `says ${versionIn(headers)}`,
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

type Fault = readonly [
  isWrong: (answer: LiveAnswer) => boolean,
  phrase: (answer: LiveAnswer) => string,
];

/** Says of each answer that is wrong what it was asked, and the phrase. */
async function faultsOf(
  answers: readonly Promise<LiveAnswer>[],
  [isWrong, phrase]: Fault,
): Promise<string[]> {
  const all = await Promise.all(answers);
  return all.filter(isWrong).map((answer) => `${answer.asked} ${phrase(answer)}`);
}

function statusFaults(
  answers: readonly Promise<LiveAnswer>[],
  right: readonly number[],
): Promise<string[]> {
  return faultsOf(answers, [
    ({ status }) => !right.includes(status),
    ({ status }) => `is answered with ${status} instead of ${right.join(" or ")}`,
  ]);
}

/** One answer of each kind that may be private. */
function privateAnswers(site: LiveSite): Promise<LiveAnswer>[] {
  const questions: Question[] = [
    { path: "/login" },
    { path: "/profile" },
    { path: "/profile", headers: JSON_ONLY },
    { path: "/nothing-here" },
    { path: "/nothing-here", headers: JSON_ONLY },
    { path: "/login", method: "DELETE" },
    { path: "/healthz" },
    colourQuestion(site.url.origin),
    colourQuestion(OTHER_SITE),
  ];
  return questions.map((question) => site.ask(question));
}

/** One answer of each kind: those, and a file of the build. */
function everyAnswer(site: LiveSite): Promise<LiveAnswer>[] {
  const file = site.ask({ path: "/login" }).then(async (page) => {
    const path = /<link[^>]* href="(\/[^"]+\.css[^"]*)"/.exec(page.text)?.[1];
    return path === undefined ? page : await site.ask({ path });
  });
  return [...privateAnswers(site), file];
}

/** The only change that visitors can make: in which colours their browser shows the site. */
function colourQuestion(origin: string): Question {
  const type = "application/x-www-form-urlencoded";
  const headers = { ...PAGE, origin, "content-type": type };
  return { method: "POST", path: "/color_mode", headers, body: "mode=dark" };
}

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

interface Cookie {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
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
      const answers = await Promise.all([
        site.ask(colourQuestion(site.url.origin)),
        site.ask({ path: "/verify_email?token=doctor" }),
      ]);
      const cookies = answers.flatMap(({ headers }) => headers.getSetCookie()).map(readCookie);
      if (cookies.length === 0) return ["No answer sets a cookie"];
      return cookies.filter((cookie) => !isRight(cookie))
        .map(({ name }) => `${name} is not ${quality}`);
    },
  };
}

function readCookie(line: string): Cookie {
  const [pair = "", ...rest] = line.split(";");
  const attributes = rest.map((text): [string, string] => {
    const [name = "", value = ""] = text.trim().split("=");
    return [name.toLowerCase(), value];
  });
  return { name: pair.split("=")[0] ?? "", attributes: new Map(attributes) };
}

/** Makes a check of the TLS of a site. It has nothing to look at where there is none. */
function onTls(
  find: (host: string, port: number, ca?: string) => Promise<readonly string[]>,
): LiveCheck["find"] {
  return ({ url, ca }) =>
    url.protocol === "https:" ? find(unbracketed(url.hostname), Number(url.port || 443), ca) : [];
}

const DAY_MS = 24 * 3_600_000;
const LEAST_DAYS = 14;
const CONNECT_TIMEOUT_MS = 10_000;

/** Connects as browsers do, and says why they would not. */
function certificateFaults(host: string, port: number, ca?: string): Promise<string[]> {
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

async function plainFaults(site: LiveSite): Promise<string[]> {
  const path = "/login?next=/";
  const page = await site.askPlainly({ path });
  // Where nobody listens, nothing goes unencrypted.
  if (page === undefined) return [];
  const to = new URL(
    page.headers.get("location") ?? "",
    page.headers.has("location") ? site.url : "http://none",
  );
  const leads = page.status >= 300 && page.status < 400 && to.protocol === "https:" &&
    to.host === site.url.host;
  const form = await site.askPlainly({ path: "/login", method: "POST" });
  return [
    ...(leads ? [] : [`GET ${path} over http is answered with ${page.status}`]),
    ...(form !== undefined && form.status < 400
      ? [`POST /login over http is answered with ${form.status}`]
      : []),
  ];
}

async function policyFaults(site: LiveSite): Promise<string[]> {
  const answers = await Promise.all(privateAnswers(site));
  return answers.flatMap(({ asked, headers }) => {
    const policy = headers.get("content-security-policy") ?? "none";
    const isPage = headers.get("content-type")?.startsWith("text/html") === true;
    if (!isPage) return policy === CLOSED_POLICY ? [] : [`${asked} has the policy ${policy}`];
    const found = policy.split(";").map((directive) => directive.trim());
    return pageDirectives().filter((directive) => !found.some((one) => isAsStrict(one, directive)))
      .map((directive) => `${asked} lacks ${directive.replace(" 'unsafe-inline'", "")}`);
  });
}

/** Whether a directive is the declared one, with a nonce for inline code, or one origin for avatars. */
function isAsStrict(found: string, declared: string): boolean {
  const strict = declared.replace(" 'unsafe-inline'", "");
  const rest = found.startsWith(strict) ? found.slice(strict.length) : undefined;
  if (rest === "") return true;
  const more = declared.startsWith("img-src")
    ? /^ https:\/\/[\w.:-]+$/
    : strict === declared
    ? /^$/
    : /^ 'nonce-[\w-]+'$/;
  return rest !== undefined && more.test(rest);
}

async function copyFaults(site: LiveSite): Promise<string[]> {
  const [first, second] = await Promise.all([
    site.ask({ path: "/login" }),
    site.ask({ path: "/login", headers: { ...PAGE, "accept-language": "en" } }),
  ]);
  const [id, other] = [first, second].map(({ headers }) => headers.get("x-request-id"));
  if (id === null) return ["GET /login has no x-request-id"];
  return id === other ? ["GET /login has the same x-request-id again"] : [];
}

async function guardFaults(site: LiveSite): Promise<string[]> {
  const { origin } = site.url;
  const items = navigationOf("admin").flatMap(({ items }) => items);
  const paths = new Set(items.flatMap(({ href, pages = [] }) => [href, ...pages]));
  const actions = actionsWith<ActionName>(({ route }) => route !== undefined)
    .map((name) => actionOf(name).route!);
  return [
    ...await statusFaults([...paths].map((path) => site.ask({ path })), [303]),
    ...await statusFaults(
      [
        ...[...paths].map((path) => site.ask({ path, headers: JSON_ONLY })),
        // Without a user: where nobody asks who it is, nothing is done all the same.
        ...actions.map(({ method, path }) =>
          site.ask({ method, path, headers: { ...JSON_ONLY, origin } })
        ),
      ],
      [401],
    ),
  ];
}

function isTyped(type: string): boolean {
  return /^(?:text\/[\w.+-]+; ?charset=utf-8|(?!text\/)\w+\/[\w.+-]+)$/i.test(type);
}

function versionIn(headers: Headers): string | undefined {
  const named = [headers.get("server"), headers.get("x-powered-by")];
  return named.find((value) => value !== null && /\d/.test(value)) ?? undefined;
}
