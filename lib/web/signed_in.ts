import { page, type PageResponse } from "fresh";
import type { Texts } from "@/lib/shared/form.ts";
import type { Role } from "@/lib/shared/users.ts";
import { homeOf } from "@/lib/shared/permissions.ts";
import { done, EMPTY_FORM, type FormView, wantsHtml } from "./answer.ts";
import { newSessionCookies } from "./cookies.ts";
import type { RequestContext } from "./define.ts";
import { type KeptRequest, readKept } from "./kept_request.ts";
import { safePath } from "./safe_path.ts";

/** The page of a sign-in, which may be the way back to a form that waited for it. */
export interface SignInView extends FormView {
  readonly kept?: KeptRequest;
}

/** A finished sign-in. */
interface Finished {
  readonly token: string;
  readonly deviceToken: string;
  readonly userId: number;
  readonly role: Role;
  readonly codesLeft?: number;
}

/** Answers a finished sign-in: with the form that waited for it, or the way to the next page. */
export function answerSignedIn(
  ctx: RequestContext,
  texts: Texts,
  finished: Finished,
  moreCookies: readonly string[] = [],
): Response | PageResponse<SignInView> {
  const { userId, role, codesLeft } = finished;
  const { services } = ctx.state;
  const stays = texts.get("stay") === "1";
  const cookies = [...newSessionCookies({ services, stays }, finished), ...moreCookies];
  const kept = readKept(texts, userId);
  if (kept && wantsHtml(ctx.req)) {
    const headers = new Headers();
    for (const cookie of cookies) headers.append("set-cookie", cookie);
    return page({ ...EMPTY_FORM, kept }, { headers });
  }
  const recovered = codesLeft !== undefined;
  return done(ctx, {
    flash: recovered ? "sign_in.recovery" : "sign_in.own",
    // It says how many recovery codes are left, and offers new ones.
    location: recovered ? "/security" : safePath(texts.get("next"), homeOf(role)),
    data: { user_id: userId, role, ...(recovered && { recovery_codes_left: codesLeft }) },
    cookies,
  });
}
