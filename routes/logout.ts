import { signOut } from "@/lib/domain/accounts/sign_in.ts";
import { done } from "@/lib/web/answer.ts";
import { clearCookie } from "@/lib/web/cookies.ts";
import { define } from "@/lib/web/define.ts";

/** Ends the session on the server. Without a session there is nothing to do. */
export const handler = define.handlers({
  POST: async (ctx) => {
    const { services, actor } = ctx.state;
    if (actor.kind === "user") await signOut(services, actor);
    const response = done(ctx, {
      flash: "sign_out",
      location: "/login",
      cookies: [clearCookie(services.settings, "session"), clearCookie(services.settings, "stay")],
    });
    response.headers.set("clear-site-data", '"storage"');
    return response;
  },
});
