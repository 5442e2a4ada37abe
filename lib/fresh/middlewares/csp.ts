import type { Middleware } from "../context.ts";
import { INTERNALS } from "../internals.ts";
import type { Nonce } from "../render/nonce.ts";

/** How to change the default policy. */
export interface CSPOptions {
  /** Directives, each with its values; each replaces the default one of the same name. */
  readonly csp?: readonly string[];
  /** Report what the policy would refuse, but refuse nothing. */
  readonly reportOnly?: boolean;
  /** URL to which browsers report. */
  readonly reportTo?: string;
  /** Allow inline scripts and styles by the nonce of the page in place of `'unsafe-inline'`. */
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
  const policyOf = options.useNonce === true ? withNonces(directives) : fixed(directives);
  return async (ctx) => {
    const response = await ctx.next();
    response.headers.set(header, policyOf(ctx[INTERNALS].nonce));
    if (reportTo !== undefined) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}

/** Makes the policy for a response from the nonce of its render, if anything was rendered. */
type PolicyOf = (nonce: Nonce | undefined) => string;

function fixed(directives: readonly string[]): PolicyOf {
  const policy = directives.join("; ");
  return () => policy;
}

/**
 * Lets the nonce of a page take the place of `'unsafe-inline'`. On a page that has drawn none nothing is inline, and nothing
 * takes it.
 */
function withNonces(directives: readonly string[]): PolicyOf {
  const CUT = "\0";
  const policy = directives.join("; ");
  const aroundNonces = replaceInline(directives, ` ${CUT}`).split(CUT);
  const nothingInline = replaceInline(directives, "");
  return (nonce) => {
    if (nonce === undefined) return policy;
    return nonce.drawn === undefined ? nothingInline : aroundNonces.join(`'nonce-${nonce.drawn}'`);
  };
}

function replaceInline(directives: readonly string[], replacement: string): string {
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
