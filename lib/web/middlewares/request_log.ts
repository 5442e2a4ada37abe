import type { Services } from "@/lib/domain/services.ts";
import { addressSet } from "@/lib/ip_address.ts";
import { clientAddress } from "../client_address.ts";
import { define, type State } from "../define.ts";

const MAX_USER_AGENT_CHARS = 300;

/** Answers that are also counted for the audit trail. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429]);

/** Gives every request an id and a log line. */
export function requestLog(services: Services) {
  const proxies = addressSet(services.settings.trustProxy);
  // None of these fields is secret, and redaction would cost more than the line.
  const log = services.log.child({}, { redact: [] });
  return define.middleware(async (ctx) => {
    const started = performance.now();
    const requestId = crypto.randomUUID();
    ctx.state.services = services;
    ctx.state.source = {
      requestId,
      ip: clientAddress(ctx.info, ctx.req.headers, proxies),
      userAgent: (ctx.req.headers.get("user-agent") ?? "").slice(0, MAX_USER_AGENT_CHARS),
    };
    const response = await ctx.next();
    response.headers.set("x-request-id", requestId);
    const { status } = response;
    if (REFUSALS.has(status)) {
      const { actor, refusal: reason } = ctx.state;
      services.refusals.add({ actor, route: ctx.route, status, reason });
    }
    log.info({
      request_id: requestId,
      method: ctx.req.method,
      // Without the query, which may contain an address or the token of a link.
      path: ctx.url.pathname,
      status,
      ms: Math.round(performance.now() - started),
      reason: ctx.state.refusal,
      user_id: ctx.state.viewer?.user_id,
      viewed_by: viewedBy(ctx.state),
      api_key: apiKeyOf(ctx.state),
      ip: ctx.state.source.ip,
    }, "Request");
    return response;
  });
}

/** The admin who views as the user. The files of the build are answered before anybody is known. */
function viewedBy({ actor }: Partial<State>): number | undefined {
  return actor?.kind === "user" ? actor.viewedBy?.userId : undefined;
}

/** The id of the API key. Static files are served before the actor is known. */
function apiKeyOf({ actor }: Partial<State>): number | undefined {
  return actor?.kind === "api_key" ? actor.keyId : undefined;
}
