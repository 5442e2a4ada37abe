import { App, staticFiles } from "fresh";
import type { Services } from "@/lib/domain/services.ts";
import { answerErrors, lastResort, passErrorsOn } from "./answer_error.tsx";
import type { State } from "./define.ts";
import { pagePolicy } from "./middlewares/page_policy.ts";
import { requestLog } from "./middlewares/request_log.ts";
import { sameOrigin } from "./middlewares/same_origin.ts";
import { securityHeaders } from "./middlewares/security_headers.ts";
import { session } from "./middlewares/session.ts";
import { twoFactorPolicy } from "./middlewares/two_factor_policy.ts";
import { actionRoutes } from "./user_action.ts";

/**
 * Creates the application. Every request passes these middlewares from top to bottom. Errors become
 * answers inside the headers, the log and the policy, so that these apply to them too.
 */
export function createApp(services: Services): App<State> {
  const { settings } = services;
  const app = new App<State>()
    .use(securityHeaders(settings))
    .use(requestLog(services))
    .use(lastResort)
    .use(pagePolicy(settings))
    .use(answerErrors)
    .use(staticFiles())
    .use(session)
    // After the session, so that the log names the user as whom another site tried to act.
    .use(sameOrigin(settings))
    .use(twoFactorPolicy)
    .onError("*", passErrorsOn);
  for (const { path, handlers } of actionRoutes()) app.route(path, { handler: handlers });
  return app.fsRoutes();
}
