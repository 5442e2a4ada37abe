import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { Brand } from "@/components/Brand.tsx";
import { ColorModeSwitch } from "@/components/ColorModeSwitch.tsx";
import type { ColorMode } from "@/lib/shared/color_mode.ts";
import { FLASH_MESSAGES, type FlashCode } from "@/lib/shared/flash.ts";

interface AuthCardProps {
  readonly title: string;
  readonly flash?: FlashCode | undefined;
  readonly colorMode: ColorMode;
  /** Path and query of the page, for the way back from the colour switch. */
  readonly path: string;
  readonly children: ComponentChildren;
}

/** The frame of the signed-out pages. Ships no script and no sprite. */
export function AuthCard({ title, flash, colorMode, path, children }: AuthCardProps) {
  return (
    <div class="auth">
      <a class="skip-link" href="#main">Skip to content</a>
      <main id="main" class="auth-main" tabindex={-1}>
        <Brand href="/" />
        <div class="card auth-card">
          <h1>{title}</h1>
          {flash && <Alert kind="success">{FLASH_MESSAGES[flash]}</Alert>}
          {children}
        </div>
      </main>
      <footer class="footer">
        <span>Roster</span>
        <ColorModeSwitch mode={colorMode} path={path} />
      </footer>
    </div>
  );
}
