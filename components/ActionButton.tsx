import { HiddenFields } from "@/components/HiddenFields.tsx";
import { actionOf, type PressedAction, requestFields } from "@/lib/shared/actions.ts";

interface ActionButtonProps {
  readonly action: PressedAction;
  readonly user_id: number;
  readonly username: string;
  /** Whom the form is made for. */
  readonly viewer_id: number;
  /** Where to come back to. */
  readonly next: string;
  /** Classes of the form. */
  readonly class?: string;
  /** Classes of the button. */
  readonly look: string;
}

/** A form of one button, which does something to a user at once. */
export function ActionButton({ action, username, look, ...props }: ActionButtonProps) {
  const { class: className, ...fields } = props;
  const { button, route } = actionOf(action);
  return (
    <form class={className} method="post" action={route!.path}>
      <HiddenFields values={{ ...requestFields(action), ...fields }} />
      {button!.note && <span class="text-danger">{button!.note}</span>}
      <button type="submit" class={`btn ${look}`}>
        {button!.label}
        <span class="visually-hidden">{` ${username}`}</span>
      </button>
    </form>
  );
}
