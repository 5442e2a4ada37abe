import { HiddenFields } from "@/components/HiddenFields.tsx";
import { Name } from "@/components/Name.tsx";
import { NewestFirst } from "@/components/NewestFirst.tsx";
import { RoleBadge } from "@/components/RoleBadge.tsx";
import { When } from "@/components/When.tsx";
import { INVITATIONS_KEPT_DAYS } from "@/lib/shared/limits.ts";
import type {
  InvitationListView,
  InvitationState,
  InvitationView,
} from "@/lib/shared/operation_views.ts";

interface InvitationListProps {
  readonly view: InvitationListView;
  /** The user for whom the forms were rendered. */
  readonly viewer_id: number;
}

/** Lists invitations, newest first, with buttons for those that can still be accepted. */
export function InvitationList({ view, viewer_id }: InvitationListProps) {
  const { invitations, next, previous } = view;
  return (
    <NewestFirst path="/invitations" next={next} previous={previous} empty={EMPTY}>
      {invitations.map((invitation) => (
        <li key={invitation.invitation_id}>
          <Invitation invitation={invitation} />
          {(invitation.state === "open" || invitation.state === "expired") && (
            <InvitationButtons invitation={invitation} viewer_id={viewer_id} />
          )}
        </li>
      ))}
    </NewestFirst>
  );
}

const EMPTY = {
  icon: "person-plus",
  title: "No invitations",
  text: `An invitation stays here for ${INVITATIONS_KEPT_DAYS} days after its end.`,
} as const;

const BADGES: Readonly<Record<InvitationState, readonly [label: string, look: string]>> = {
  open: ["Open", "badge badge-warning"],
  expired: ["Expired", "badge"],
  accepted: ["Accepted", "badge badge-success"],
  withdrawn: ["Withdrawn", "badge"],
};

function Invitation({ invitation }: { readonly invitation: InvitationView }) {
  const { email, role, state, invited_by, expires_at, ended_at } = invitation;
  const [label, look] = BADGES[state];
  return (
    <div class="line-text">
      <Name class="fw-bold" text={email} />
      <span class="row-actions">
        <span class={look}>{label}</span>
        <RoleBadge role={role} />
      </span>
      <small class="text-body-secondary">
        Invited by <Name text={invited_by} />, {ended_at === null
          ? (
            <>
              {state === "expired" ? "expired" : "expires"}{" "}
              <When at={expires_at} precision="minute" />
            </>
          )
          : (
            <>
              {state} <When at={ended_at} precision="minute" />
            </>
          )}
      </small>
    </div>
  );
}

interface InvitationButtonsProps {
  readonly invitation: InvitationView;
  readonly viewer_id: number;
}

function InvitationButtons({ invitation, viewer_id }: InvitationButtonsProps) {
  const { invitation_id, email } = invitation;
  const fields = { invitation_id, viewer_id };
  const of = <span class="visually-hidden">{` of ${email}`}</span>;
  return (
    <div class="form-actions mt-0">
      <form method="post" action="/invitations">
        <HiddenFields values={{ _method: "PUT", ...fields }} />
        <button type="submit" class="btn btn-sm btn-quiet">
          Send again<span class="visually-hidden">{` to ${email}`}</span>
        </button>
      </form>
      <form method="post" action="/copy_invitation">
        <HiddenFields values={fields} />
        <button type="submit" class="btn btn-sm btn-quiet">Copy the link{of}</button>
      </form>
      <form method="post" action="/invitations">
        <HiddenFields values={{ _method: "DELETE", ...fields }} />
        <button type="submit" class="btn btn-sm btn-quiet">Withdraw{of}</button>
      </form>
    </div>
  );
}
