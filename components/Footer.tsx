import { useContext } from "preact/hooks";
import { AppName } from "@/components/AppName.ts";
import { ColorModeSwitch } from "@/components/ColorModeSwitch.tsx";
import { OutboxLink } from "@/components/Outbox.tsx";
import type { ColorMode } from "@/lib/shared/color_mode.ts";

interface FooterProps {
  readonly colorMode: ColorMode;
  /** Path and query of the page, to return to after changing the colours. */
  readonly path: string;
  /** Shown only to signed-in users: attackers need not know it. */
  readonly version?: string;
}

/** The footer of every page: name, licence and colour switch. */
export function Footer({ colorMode, path, version }: FooterProps) {
  const name = useContext(AppName);
  return (
    <footer class="footer">
      <p class="m-0">
        {version ? `${name} ${version}` : name}: user accounts, profiles and roles.{" "}
        <a href="https://opensource.org/license/mit" rel="license noopener noreferrer">
          MIT licence
        </a>
      </p>
      <OutboxLink />
      <ColorModeSwitch mode={colorMode} path={path} />
    </footer>
  );
}
