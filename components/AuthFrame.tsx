import type { ComponentChildren } from "preact";
import { Brand } from "@/components/Brand.tsx";
import { PasswordScript } from "@/components/PasswordScript.tsx";
import { ViewingBar } from "@/components/ViewingBar.tsx";

interface AuthFrameProps {
  /** Content of the card. */
  readonly children: ComponentChildren;
  /** The footer of the page. */
  readonly footer?: ComponentChildren;
}

/** The frame of signed-out pages: the brand and a card. */
export function AuthFrame({ children, footer }: AuthFrameProps) {
  return (
    <div class="auth">
      <a class="skip-link" href="#main">Skip to content</a>
      <ViewingBar />
      <main id="main" class="auth-main" tabindex={-1}>
        <Brand href="/" />
        <div class="card auth-card">{children}</div>
      </main>
      {footer}
      <PasswordScript />
    </div>
  );
}
