import { ColorModeSwitch } from "@/components/ColorModeSwitch.tsx";
import type { ColorMode } from "@/lib/shared/color_mode.ts";

interface FooterProps {
  readonly colorMode: ColorMode;
  /** Path and query of the page, for the way back from the colour switch. */
  readonly path: string;
  /** Shown to users who have signed in only: an attacker need not know it. */
  readonly version?: string;
}

/** The foot of every page: what this is, under which licence, and the colours. */
export function Footer({ colorMode, path, version }: FooterProps) {
  return (
    <footer class="footer">
      <p class="m-0">
        {version ? `Roster ${version}` : "Roster"}: user accounts, profiles and roles.{" "}
        <a href="https://opensource.org/license/mit" rel="license noopener noreferrer">
          MIT licence
        </a>
      </p>
      <ColorModeSwitch mode={colorMode} path={path} />
    </footer>
  );
}
