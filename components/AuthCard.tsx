import type { ComponentChildren } from "preact";
import { Alert } from "@/components/Alert.tsx";
import { AuthFrame } from "@/components/AuthFrame.tsx";
import { Footer } from "@/components/Footer.tsx";
import { Title } from "@/components/Title.tsx";
import type { ColorMode } from "@/lib/shared/color_mode.ts";
import { type Flash, flashText } from "@/lib/shared/flash.ts";

interface AuthCardProps {
  readonly title: string;
  readonly flash?: Flash | undefined;
  readonly colorMode: ColorMode;
  /** Path and query of the page, to return to after changing the colours. */
  readonly path: string;
  readonly children: ComponentChildren;
}

/**
 * A page for signed-out visitors. Its only script is the one for passwords, and it loads no icons.
 */
export function AuthCard({ title, flash, colorMode, path, children }: AuthCardProps) {
  return (
    <AuthFrame footer={<Footer colorMode={colorMode} path={path} />}>
      <Title text={title} />
      {flash && <Alert kind="success">{flashText(flash)}</Alert>}
      {children}
    </AuthFrame>
  );
}
