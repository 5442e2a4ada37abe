import { type AuditEvent, listAuditEventsOfUser } from "@/lib/repo/audit_events.ts";
import { findDeletedUser } from "@/lib/repo/deleted_users.ts";
import { listLettersOf } from "@/lib/repo/jobs.ts";
import { findPerson, type Person } from "@/lib/repo/persons.ts";
import { isLocked, type User } from "@/lib/repo/users.ts";
import {
  type ActionName,
  actionsWith,
  type PermittedAction,
  type PressedAction,
  unseenActions,
} from "@/lib/shared/actions.ts";
import { isAllowed, reaches } from "@/lib/shared/permissions.ts";
import type { Values } from "@/lib/shared/form.ts";
import { PAGE_SIZE_DEFAULT } from "@/lib/shared/limits.ts";
import type {
  DeletedPersonView,
  HistoryEvent,
  MeansView,
  PersonView,
  SignInCause,
} from "@/lib/shared/person.ts";
import { timeInWords } from "@/lib/shared/time_words.ts";
import type { idPageForm } from "@/lib/shared/list_forms.ts";
import { listSessionViews } from "@/lib/domain/accounts/sessions.ts";
import { emailView } from "@/lib/domain/accounts/waiting_letters.ts";
import { type Actor, isOfUser } from "@/lib/domain/actor.ts";
import { auditView } from "@/lib/domain/audit.ts";
import { authorise, isAdmin, isOwn } from "@/lib/domain/authorise.ts";
import { DomainError } from "@/lib/domain/errors.ts";
import type { Services } from "@/lib/domain/services.ts";
import { deletedUserView } from "./deleted_users.ts";
import { adviseOnSignIn, listRecentEvents } from "./explain_sign_in.ts";
import { noteView } from "./labels.ts";
import { maskView, seesMasked } from "./masked_views.ts";
import { openUser } from "./open_users.ts";
import { signInFacts } from "./sign_in_causes.ts";
import { offerUndo } from "./undo.ts";
import { userView } from "./user_views.ts";

/**
 * Returns what admins see of one user: account, how they sign in, why they cannot, sessions, e-mails,
 * notes and a page of their history. Support sees addresses masked, and neither notes nor tags.
 *
 * @throws {DomainError} `not_signed_in`, `forbidden`, `user_not_found`
 */
export async function viewPerson(
  services: Services,
  actor: Actor,
  userId: number,
  query: Values<typeof idPageForm>,
): Promise<PersonView | DeletedPersonView> {
  authorise(actor, "see_person");
  const person = await findPerson(services.db, userId);
  const view = person
    ? await viewExistingPerson(services, actor, person, query)
    : await viewDeletedPerson(services, actor, userId);
  return seesMasked(actor) ? maskView(view) : view;
}

async function viewExistingPerson(
  services: Services,
  actor: Actor,
  person: Person,
  query: Values<typeof idPageForm>,
): Promise<PersonView> {
  const { db } = services;
  const { id: userId } = person;
  const facts = await signInFacts(services, person, await listRecentEvents(services, userId));
  const advice = adviseOnSignIn(services, facts);
  const means = meansOf(person, facts.hasPassword);
  const sessionId = actor.kind === "user" ? actor.sessionId : 0;
  const sessions = await listSessionViews(services, userId, sessionId);
  const letters = await listLettersOf(db, person);
  const { rows, next, previous } = await listAuditEventsOfUser(db, userId, {
    ...query,
    limit: PAGE_SIZE_DEFAULT,
    without: isAdmin(actor) ? [] : unseenActions(),
  });
  const { causes } = advice;
  const state = { services, actor, user: person, means, sessions: sessions.length, causes };
  const may = (action: PermittedAction) => mayDo(actor, action, person);
  return {
    masked: seesMasked(actor),
    user: {
      ...userView(person, person.profile ?? undefined, "admin"),
      ...await openUser(services, actor, userId),
    },
    ...advice,
    causes: causes.map((cause) => ({ ...cause, mends: cause.mends.filter(may) })),
    means,
    tags: may("tag_user") ? person.tags : [],
    notes: may("write_note") ? person.notes.map(noteView) : [],
    sessions,
    emails: letters.map(emailView).reverse(),
    history: { events: offerUndo(actor, rows, historyEvent), next, previous },
    actions: ACTIONS_ON_PAGE.filter((action) => may(action) && (APPLIES[action]?.(state) ?? true)),
  };
}

async function viewDeletedPerson(
  { db }: Services,
  actor: Actor,
  userId: number,
): Promise<DeletedPersonView> {
  const row = await findDeletedUser(db, userId);
  if (!row) throw new DomainError("user_not_found");
  const deleted = deletedUserView(row);
  const cause: SignInCause = {
    cause: "deleted",
    text: `The account was deleted by ${deleted.deleted_by} and is erased on ` +
      `${timeInWords(new Date(deleted.kept_until), "day")}`,
    prevents: true,
    mends: isAdmin(actor) ? ["restore_user"] : [],
  };
  return { deleted, causes: [cause] };
}

function meansOf(
  { two_factor_since, passkeys, api_keys }: Person,
  has_password: boolean,
): MeansView {
  return {
    has_password,
    two_factor_since: two_factor_since?.toISOString() ?? null,
    passkeys,
    api_keys,
  };
}

function historyEvent(event: AuditEvent): HistoryEvent {
  const { reason, tag } = event.details;
  const remark = [reason, tag].find((word) => typeof word === "string" && word !== "");
  return {
    ...auditView(event),
    browser: event.browser,
    ip: event.ip,
    remark: event.action === "sign_in_failed" ? null : remark as string ?? null,
  };
}

/** Whether the actor's role lets them do it to this user. */
function mayDo(actor: Actor, action: PermittedAction, user: User): boolean {
  if (!isOfUser(actor)) return true;
  const whose = isOwn(actor, user.id) ? "own" : "other";
  return isAllowed(actor.role, action, whose) && reaches(actor.role, user.role);
}

interface State {
  readonly services: Services;
  readonly actor: Actor;
  readonly user: User;
  readonly means: MeansView;
  readonly sessions: number;
  readonly causes: readonly SignInCause[];
}

/** The actions that a button on the page does or begins. */
const ACTIONS_ON_PAGE = actionsWith<PressedAction>(({ button, task }) => button && !task?.deleted);

const isOther = ({ actor, user }: State) => !isOwn(actor, user.id);
const mends = (action: ActionName) => ({ causes }: State) =>
  causes.some((cause) => cause.mends.includes(action as PressedAction));

/** When an action has an effect, if not always. */
const APPLIES: Readonly<Partial<Record<PressedAction, (state: State) => boolean>>> = {
  suspend_user: (state) => isOther(state) && state.user.status === "active",
  activate_user: ({ user }) => user.status === "suspended",
  unlock_user: (state) => isLocked(state.user) || mends("unlock_user")(state),
  confirm_email: ({ user }) => user.email_verified_at === null,
  send_confirmation: ({ user }) => user.email_verified_at === null || user.new_email !== null,
  demand_password: (state) => isOther(state) && state.means.has_password,
  sign_out_user: ({ sessions }) => sessions > 0,
  end_api_keys: ({ means }) => means.api_keys > 0,
  reset_two_factor: (state) =>
    isOther(state) && (state.means.two_factor_since !== null || state.means.passkeys > 0),
  delete_user: isOther,
  view_as: (state) =>
    isOther(state) && state.user.role === "user" && state.services.settings.impersonation === "on",
};
