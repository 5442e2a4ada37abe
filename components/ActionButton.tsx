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
  /** Classes of the form. */
  readonly class?: string;
  /** Classes of the button. */
  readonly look: string;
}

/** A form with one button that does an action at once. */
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
