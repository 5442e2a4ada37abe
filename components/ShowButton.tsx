interface ShowButtonProps {
  /** Label of the password field beside it. */
  readonly label: string;
}

/** Shows or hides a password. `static/password.js` makes it work. */
export function ShowButton({ label }: ShowButtonProps) {
  return (
    <button type="button" class="show-button">
      Show<span class="visually-hidden">{` ${label.toLowerCase()}`}</span>
    </button>
  );
}
