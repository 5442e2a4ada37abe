interface BrandProps {
  readonly href: string;
}

/** The name of the application and its mark: a list, and somebody on it. */
export function Brand({ href }: BrandProps) {
  return (
    <a class="brand" href={href}>
      <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
        <rect class="brand-ground" width="32" height="32" rx="8" />
        <circle class="brand-dot" cx="10" cy="10.5" r="3.5" />
        <rect class="brand-line" x="16" y="9" width="10" height="3" rx="1.5" />
        <rect class="brand-line" x="7" y="17" width="19" height="3" rx="1.5" />
        <rect class="brand-line" x="7" y="23" width="13" height="3" rx="1.5" />
      </svg>
      Roster
    </a>
  );
}
