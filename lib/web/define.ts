import { type Context, createDefine } from "fresh";
import type { AnonymousActor, ApiKeyActor, RequestSource, UserActor } from "@/lib/domain/actor.ts";
import { DomainError } from "@/lib/domain/errors.ts";
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
  actor: AnonymousActor | UserActor | ApiKeyActor;
  /** The signed-in user, if there is one. */
  viewer?: Viewer;
  colorMode: ColorMode;
  /** Whether the user stays signed in when the browser ends. */
  stays: boolean;
  /** Message of the previous request. */
  flash?: Flash;
  /** Why the request was refused, as a word for the log. */
  refusal?: string;
  /** The parsed input, once it was asked for. */
  input?: Promise<Input>;
}

/** State of a route that no API key opens. */
export interface VisitorState extends State {
  actor: AnonymousActor | UserActor;
}

/** State below a guard, of a route that an API key opens, too. */
export interface ApiState extends State {
  actor: UserActor | ApiKeyActor;
  viewer: Viewer;
}

/** State below a guard: a user is signed in. */
export interface SignedInState extends ApiState {
  actor: UserActor;
}

/** One request to this application. */
export type RequestContext = Context<State>;

/** One request of a visitor or a signed-in user. */
export type VisitorContext = Context<VisitorState>;

/** One request of a signed-in user or of a program with an API key. */
export type ApiContext = Context<ApiState>;

/** One request of a signed-in user. */
export type SignedInContext = Context<SignedInState>;

/** Types routes and middlewares, and makes routes answer every method. They refuse API keys. */
export const define = {
  ...defineFor<VisitorState>((own) => answerAllMethods(withoutKeys(own))),
  middleware: createDefine<State>().middleware,
};

/** The same for routes below a guard, whose forms also reach the methods that no form can send. */
export const defineSignedIn = defineFor<SignedInState>((own) =>
  answerAllMethods(withoutKeys(withForms(own)))
);

/** The same for routes that an API key opens. Their use cases check its scopes. */
export const defineApi = defineFor<ApiState>((own) => answerAllMethods(withForms(own)));

function withForms(own: object): object {
  const changes = ["POST", "PUT", "DELETE"].some((method) => method in own);
  return changes ? { ...own, POST: byFormMethod<State>(own) } : own;
}

/** Makes handlers refuse API keys. @throws {DomainError} `scope_missing` */
function withoutKeys(own: object): object {
  const guarded = Object.entries(own).map(([method, handle]) => [
    method,
    (ctx: RequestContext) => {
      if (ctx.state.actor.kind === "api_key") throw new DomainError("scope_missing");
      return handle(ctx);
    },
  ]);
  return Object.fromEntries(guarded);
}

function defineFor<S extends State>(complete: (own: object) => object) {
  const { page, layout, middleware, handlers } = createDefine<S>();
  return { page, layout, middleware, handlers: complete as typeof handlers };
}
