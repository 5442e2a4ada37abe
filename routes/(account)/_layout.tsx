import { Shell } from "@/components/Shell.tsx";
import Toaster from "@/islands/Toaster.tsx";
import { defineSignedIn } from "@/lib/web/define.ts";

export default defineSignedIn.layout(({ Component, state, url }) => (
  <Shell
    viewer={state.viewer}
    path={url.pathname + url.search}
    colorMode={state.colorMode}
    toasts={<Toaster flash={state.flash} />}
  >
    <Component />
  </Shell>
));
