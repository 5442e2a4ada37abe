import type { ComponentChildren } from "preact";
import { Brand } from "@/components/Brand.tsx";
import { PasswordScript } from "@/components/PasswordScript.tsx";

interface AuthFrameProps {
  /** What stands in the card. */
  readonly children: ComponentChildren;
  /** What stands at the foot of the page. */
  readonly footer?: ComponentChildren;
}

/** The frame of the signed-out pages: a card, and the brand above it. */
export function AuthFrame({ children, footer }: AuthFrameProps) {
  return (
    <div class="auth">
      <a class="skip-link" href="#main">Skip to content</a>
      <main id="main" class="auth-main" tabindex={-1}>
        <Brand href="/" />
        <div class="card auth-card">{children}</div>
      </main>
      {footer}
      <PasswordScript />
    </div>
  );
}
