import { CLOSED_POLICY, pageDirectives } from "@/lib/security_headers.ts";
import { type ActionName, actionOf, actionsWith } from "@/lib/shared/actions.ts";
import { navigationOf } from "@/lib/shared/navigation.ts";
import { JSON_ONLY, type LiveAnswer, type LiveSite, PAGE, type Question } from "./live_site.ts";

/** Another site, from which nothing is taken. */
export const OTHER_SITE = "https://other.example";

/** What is wrong with an answer, and how to say it after what was asked. */
type Fault = readonly [
  isWrong: (answer: LiveAnswer) => boolean,
  phrase: (answer: LiveAnswer) => string,
];

/** Says of each answer that is wrong what it was asked, and the phrase. */
export async function faultsOf(
  answers: readonly Promise<LiveAnswer>[],
  [isWrong, phrase]: Fault,
): Promise<string[]> {
  const all = await Promise.all(answers);
  return all.filter(isWrong).map((answer) => `${answer.asked} ${phrase(answer)}`);
}

/** Says of each answer that has none of these statuses what it has instead. */
export function statusFaults(
  answers: readonly Promise<LiveAnswer>[],
  right: readonly number[],
): Promise<string[]> {
  return faultsOf(answers, [
    ({ status }) => !right.includes(status),
    ({ status }) => `is answered with ${status} instead of ${right.join(" or ")}`,
  ]);
}

/** One answer of each kind that may be private. */
export function privateAnswers(site: LiveSite): Promise<LiveAnswer>[] {
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
export function everyAnswer(site: LiveSite): Promise<LiveAnswer>[] {
  const file = site.ask({ path: "/login" }).then(async (page) => {
    const path = /<link[^>]* href="(\/[^"]+\.css[^"]*)"/.exec(page.text)?.[1];
    return path === undefined ? page : await site.ask({ path });
  });
  return [...privateAnswers(site), file];
}

/** The only change that visitors can make: in which colours their browser shows the site. */
export function colourQuestion(origin: string): Question {
  const type = "application/x-www-form-urlencoded";
  const headers = { ...PAGE, origin, "content-type": type };
  return { method: "POST", path: "/color_mode", headers, body: "mode=dark" };
}

/** A cookie as it was set. */
export interface Cookie {
  readonly name: string;
  /** By their names in lower case. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** The cookies that visitors get. */
export async function cookiesOf(site: LiveSite): Promise<Cookie[]> {
  const answers = await Promise.all([
    site.ask(colourQuestion(site.url.origin)),
    site.ask({ path: "/verify_email?token=doctor" }),
  ]);
  return answers.flatMap(({ headers }) => headers.getSetCookie()).map(readCookie);
}

function readCookie(line: string): Cookie {
  const [pair = "", ...rest] = line.split(";");
  const attributes = rest.map((text): [string, string] => {
    const [name = "", value = ""] = text.trim().split("=");
    return [name.toLowerCase(), value];
  });
  return { name: pair.split("=")[0] ?? "", attributes: new Map(attributes) };
}

/** Says where http does not lead to https, or takes more than pages. */
export async function plainFaults(site: LiveSite): Promise<string[]> {
  const path = "/login?next=/";
  const page = await site.askPlainly({ path });
  // Where nobody listens, nothing goes unencrypted.
  if (page === undefined) return [];
  const location = page.headers.get("location") ?? "";
  const isRight = [301, 302, 307, 308].includes(page.status) &&
    location === new URL(path, site.url).href;
  const form = await site.askPlainly({ path: "/login", method: "POST" });
  return [
    ...(isRight
      ? []
      : [`GET ${path} over http is answered with ${page.status} ${location}`.trim()]),
    ...(form !== undefined && form.status < 400
      ? [`POST /login over http is answered with ${form.status}`]
      : []),
  ];
}

/** Says which answers allow more than the declared policy. */
export async function policyFaults(site: LiveSite): Promise<string[]> {
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

/** Says whether a page comes from a cache. Each answer of the application has an id of its own. */
export async function copyFaults(site: LiveSite): Promise<string[]> {
  const [first, second] = await Promise.all([
    site.ask({ path: "/login" }),
    site.ask({ path: "/login", headers: { ...PAGE, "accept-language": "en" } }),
  ]);
  const [id, other] = [first, second].map(({ headers }) => headers.get("x-request-id"));
  if (id === null) return ["GET /login has no x-request-id"];
  return id === other ? ["GET /login has the same x-request-id again"] : [];
}

/** Says which pages and actions of users and admins strangers are let into. */
export async function guardFaults(site: LiveSite): Promise<string[]> {
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
