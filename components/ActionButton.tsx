import { HiddenFields } from "@/components/HiddenFields.tsx";
import { actionOf, type PressedAction, requestFields } from "@/lib/shared/actions.ts";

interface ActionButtonProps {
  readonly action: PressedAction;
  readonly user_id: number;
  readonly username: string;
  /** The user for whom the form was rendered. */
  readonly viewer_id: number;
  /** Where to return to. */
  readonly next: string;
  /** Classes of the form, or of what is around the link. */
  readonly class?: string;
  /** Classes of the button or link. */
  readonly look: string;
  /** Leaves the note beside the button out. */
  readonly bare?: true;
}

/** A button that does an action at once, or opens the page of the action. */
export function ActionButton({ action, username, look, bare, ...props }: ActionButtonProps) {
  const { class: className, ...fields } = props;
  const { button, route } = actionOf(action);
  if (route!.page) {
    const query = new URLSearchParams({ user_id: String(fields.user_id), next: fields.next });
    return (
      <div class={className}>
        <a class={`btn ${look}`} href={`${route!.path}?${query}`}>
          {button!.label}
          <span class="visually-hidden">{` ${username}`}</span>
        </a>
      </div>
    );
  }
  return (
    <form class={className} method="post" action={route!.path}>
      <HiddenFields values={{ ...requestFields(action), ...fields }} />
      {button!.note && !bare && <span class="text-danger">{button!.note}</span>}
      <button type="submit" class={`btn ${look}`}>
        {button!.label}
        <span class="visually-hidden">{` ${username}`}</span>
      </button>
    </form>
  );
}
