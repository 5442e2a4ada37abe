import { Icon } from "@/components/Icon.tsx";

interface ShowButtonProps {
  readonly shown: boolean;
  readonly onClick: () => void;
}

/** Shows what is typed into a password field, or hides it again. */
export function ShowButton({ shown, onClick }: ShowButtonProps) {
  return (
    <button
      type="button"
      class="show-button"
      aria-pressed={shown ? "true" : "false"}
      onClick={onClick}
    >
      <Icon name={shown ? "eye-slash" : "eye"} />
      Show <span class="visually-hidden">password</span>
    </button>
  );
}
