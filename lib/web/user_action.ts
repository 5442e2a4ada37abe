import type { PageResponse } from "fresh";
import { authorise, authorisePage } from "@/lib/domain/authorise.ts";
import { refuse } from "@/lib/domain/errors.ts";
import { doUserAction } from "@/lib/domain/users/user_actions.ts";
import {
  type ActionInput,
  type ActionName,
  actionOf,
  actionsWith,
  readRequest,
  requestForm,
  type UserAction,
} from "@/lib/shared/actions.ts";
import { doneCode } from "@/lib/shared/flash.ts";
import type { Parsed } from "@/lib/shared/form.ts";
import { undoOf } from "@/lib/shared/undo.ts";
import { userIdForm } from "@/lib/shared/user_forms.ts";
import { displayName } from "@/lib/shared/users.ts";
import type { ChangedUser } from "@/lib/shared/views.ts";
import { done, type DoneAnswer, onForm, refused } from "./answer.ts";
import { type ApiContext, defineApi, type RequestContext, type State } from "./define.ts";
import { readInput } from "./input.ts";
import { requireUser } from "./middlewares/guards.ts";
import { InputError, readChange, requireForm } from "./require_form.ts";
import { pathAfter } from "./safe_path.ts";
import { openUserForm, userFormPage, type UserFormView } from "./user_form.ts";

/** What differs in an answer from that of other actions. */
type Special = (ctx: ApiContext, user: ChangedUser) => Partial<DoneAnswer>;

/** A route that the table of actions makes. */
interface ActionRoute {
  readonly path: string;
  /** By the methods that it takes. */
  readonly handlers: Readonly<Record<string, Handler<RequestContext>>>;
}

type Handler<Ctx> = (ctx: Ctx) => Response | Promise<Response>;

/** The routes of all actions that have no page, so that a request only has to name the user. */
export function actionRoutes(): ActionRoute[] {
  return actionsWith<UserAction>(({ route }) => route && !route.page).map((name) => {
    const { route } = actionOf(name);
    const handle = async (ctx: ApiContext) => {
      const input = await readAction(ctx, name);
      if (!input.ok) throw new InputError(input.errors);
      return await doAction(ctx, name, input.value);
    };
    const handlers: Record<string, Handler<ApiContext>> = defineApi.handlers({
      [route!.method]: handle,
    });
    const guarded = Object.entries(handlers).map(([method, answer]) => [
      method,
      (ctx: RequestContext) => {
        guard(ctx.state, name);
        return answer(ctx as ApiContext);
      },
    ]);
    return { path: route!.path, handlers: Object.fromEntries(guarded) };
  });
}

/** Refuses those who may do an action to nobody, before their input is read. */
function guard(state: State, name: UserAction): void {
  requireUser(state);
  if (actionOf(name).by === "admins") authorise(state.actor, name);
}

/** The handlers of a page that asks before it does an action. */
export function askedAction(name: UserAction, special?: Special): { GET: typeof openUserForm } {
  const open = async (ctx: ApiContext) => {
    const { texts } = await readInput(ctx);
    const { services, actor } = ctx.state;
    await authorisePage(services.db, actor, name, requireForm(userIdForm, texts).user_id);
    return await openUserForm(ctx);
  };
  const handle = (ctx: ApiContext) => {
    guard(ctx.state, name);
    return onUserForm(
      ctx,
      () => readAction(ctx, name),
      (input) => doAction(ctx, name, input, special),
    );
  };
  return defineApi.handlers({ GET: open, [actionOf(name).route!.method]: handle });
}

/** Runs the handler of a page about a user. The page comes back with bad input and broken rules. */
export async function onUserForm<T>(
  ctx: ApiContext,
  read: () => Promise<Parsed<T>>,
  run: (value: T) => Promise<Response>,
): Promise<Response | PageResponse<UserFormView>> {
  const form = await onForm(ctx, async (texts) => {
    const parsed = await read();
    return parsed.ok ? await run(parsed.value) : refused(ctx, refuse(parsed.errors), texts);
  });
  return await userFormPage(ctx, form);
}

/** Answers after an action was done to a user. */
export async function answerAction(
  ctx: ApiContext,
  name: ActionName,
  user: ChangedUser,
  special: Partial<DoneAnswer> = {},
): Promise<Response> {
  const { texts } = await readInput(ctx);
  const own = user.user_id === ctx.state.actor.userId;
  return done(ctx, {
    flash: doneCode(name, own),
    name: displayName(user),
    data: { ...user },
    undo: undoOf(user),
    ...special,
    location: special.location ?? pathAfter(texts, user.user_id, placeOf(name, own)),
  });
}

async function doAction<A extends UserAction>(
  ctx: ApiContext,
  name: A,
  input: ActionInput<A>,
  special: Special = () => ({}),
): Promise<Response> {
  const user = await doUserAction(ctx.state.services, ctx.state.actor, name, input);
  return await answerAction(ctx, name, user, special(ctx, user));
}

/** Reads the request of an action. */
export async function readAction<A extends ActionName>(
  ctx: ApiContext,
  name: A,
): Promise<Parsed<ActionInput<A>>> {
  const { texts } = await readChange(ctx, Object.keys(requestForm(name)));
  return readRequest(name, texts);
}

/** The page on which the user is found afterwards. */
function placeOf(name: ActionName, own: boolean): string {
  const { by, route } = actionOf(name);
  return own && by === "owner" ? "/profile" : route?.next ?? "/user_list";
}
