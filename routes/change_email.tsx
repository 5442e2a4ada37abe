import {
  cancelNewEmail,
  confirmNewEmail,
  sendNewEmailAgain,
} from "@/lib/domain/accounts/change_email.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Texts } from "@/lib/shared/form.ts";
import { done } from "@/lib/web/answer.ts";
import type { RequestContext } from "@/lib/web/define.ts";
import { linkRoute } from "@/lib/web/link_route.tsx";

const { handler, LinkPage } = linkRoute({
  cookie: "change_email",
  title: "Confirm your new address",
  text: "Press the button to say that this address is yours. From then on you sign in with it.",
  submit: "Confirm",
  flash: "change_email",
  use: confirmNewEmail,
  other(ctx, texts) {
    const isOwn = texts.has("cancel") || texts.has("send_again");
    return isOwn ? changeRequest(ctx, texts) : undefined;
  },
});

/** Takes the user's own request back, or sends its e-mail again. */
async function changeRequest(ctx: RequestContext, texts: Texts): Promise<Response> {
  const { services, actor } = ctx.state;
  if (actor.kind !== "user") throw new DomainError("not_signed_in");
  const cancels = texts.has("cancel");
  await (cancels ? cancelNewEmail : sendNewEmailAgain)(services, actor);
  const flash = cancels ? "cancel_new_email" : "send_new_email";
  return done(ctx, { flash, location: "/profile" });
}

export { handler };
export default LinkPage;
