import { Shell } from "@/components/Shell.tsx";
import Toaster from "@/islands/Toaster.tsx";
import { defineSignedIn } from "@/lib/web/define.ts";
import { VERSION } from "@/lib/web/version.ts";

export default defineSignedIn.layout(({ Component, state, url }) => (
  <Shell
    viewer={state.viewer}
    path={url.pathname + url.search}
    colorMode={state.colorMode}
    version={VERSION}
    toasts={<Toaster flash={state.flash} />}
  >
    <Component />
  </Shell>
));
