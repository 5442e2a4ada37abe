import { type Context, createDefine } from "fresh";
import type { AnonymousActor, RequestSource, UserActor } from "@/lib/domain/actor.ts";
import type { Services } from "@/lib/domain/services.ts";
import type { ColorMode } from "@/lib/shared/color_mode.ts";
import type { Flash } from "@/lib/shared/flash.ts";
import type { Viewer } from "@/lib/shared/views.ts";
import { answerAllMethods } from "./all_methods.ts";
import type { Input } from "./input.ts";
import { byFormMethod } from "./method_override.ts";

/** What middlewares have found out about a request. */
export interface State {
  services: Services;
  source: RequestSource;
  actor: AnonymousActor | UserActor;
  /** The signed-in user, if there is one. */
  viewer?: Viewer;
  colorMode: ColorMode;
  /** Message of the previous request. */
  flash?: Flash;
  /** Why the request was refused, as a word for the log. */
  refusal?: string;
  /** The parsed input, once it was asked for. */
  input?: Promise<Input>;
}

/** State below a guard: a user is signed in. */
export interface SignedInState extends State {
  actor: UserActor;
  viewer: Viewer;
}

/** One request to this application. */
export type RequestContext = Context<State>;

/** One request of a signed-in user. */
export type SignedInContext = Context<SignedInState>;

/** Types routes and middlewares, and makes routes answer every method. */
export const define = defineFor<State>(answerAllMethods);

/** The same for routes below a guard, whose forms also reach the methods that no form can send. */
export const defineSignedIn = defineFor<SignedInState>((own) => {
  const changes = ["POST", "PUT", "DELETE"].some((method) => method in own);
  return answerAllMethods(changes ? { ...own, POST: byFormMethod<SignedInState>(own) } : own);
});

function defineFor<S extends State>(complete: (own: object) => object) {
  const { page, layout, middleware, handlers } = createDefine<S>();
  return { page, layout, middleware, handlers: complete as typeof handlers };
}
