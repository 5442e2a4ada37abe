import type { Middleware } from "../context.ts";
import { INTERNALS } from "../internals.ts";
import type { Nonce } from "../render/nonce.ts";

/** Changes to the default policy. */
export interface CSPOptions {
  /** Directives with their values. Each replaces the default directive of the same name. */
  readonly csp?: readonly string[];
  /** Whether browsers only report what the policy forbids. */
  readonly reportOnly?: boolean;
  /** URL that browsers report to. */
  readonly reportTo?: string;
  /** Whether the nonce of the page replaces `'unsafe-inline'`. */
  readonly useNonce?: boolean;
}

const DEFAULT_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

const NONCE_DIRECTIVE = /^(?:script|style|default)-src\s/;

/**
 * Sends a Content-Security-Policy with every response.
 *
 * @see https://www.w3.org/TR/CSP3/
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportTo } = options;
  const header = options.reportOnly === true
    ? "Content-Security-Policy-Report-Only"
    : "Content-Security-Policy";
  const directives = directivesOf(options);
  return async (ctx) => {
    const response = await ctx.next();
    const { nonce } = ctx[INTERNALS];
    const withNonce = options.useNonce === true && nonce !== undefined;
    response.headers.set(
      header,
      withNonce ? allowInline(directives, nonce) : directives.join("; "),
    );
    if (reportTo !== undefined) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}

/** Replaces `'unsafe-inline'` by the nonce of a page. A page that has not drawn one has nothing inline to allow. */
function allowInline(directives: readonly string[], { drawn }: Nonce): string {
  const replacement = drawn === undefined ? "" : ` 'nonce-${drawn}'`;
  return directives
    .map((directive) =>
      NONCE_DIRECTIVE.test(directive)
        ? directive.replaceAll(/\s+'unsafe-inline'/g, replacement)
        : directive
    )
    .join("; ");
}

function directivesOf({ csp = [], reportTo }: CSPOptions): string[] {
  const directives = new Map(DEFAULT_POLICY.map((directive) => [nameOf(directive), directive]));
  for (const directive of csp) directives.set(nameOf(directive), directive.trim());
  if (reportTo !== undefined) {
    directives.set("report-to", "report-to csp-endpoint");
    directives.set("report-uri", `report-uri ${reportTo}`);
  }
  return [...directives.values()];
}

function nameOf(directive: string): string {
  return directive.trim().split(/\s/, 1)[0]!;
}
