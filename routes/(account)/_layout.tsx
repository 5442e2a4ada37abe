import { Shell } from "@/components/Shell.tsx";
import Toaster from "@/islands/Toaster.tsx";
import UserSearch from "@/islands/UserSearch.tsx";
import { flashText } from "@/lib/shared/flash.ts";
import { defineSignedIn } from "@/lib/web/define.ts";
import { VERSION } from "@/lib/web/version.ts";

export default defineSignedIn.layout(({ Component, state, url }) => (
  <Shell
    viewer={state.viewer}
    path={url.pathname + url.search}
    colorMode={state.colorMode}
    version={VERSION}
    search={state.viewer.role !== "user" && (
      <UserSearch id="find_user" label="Find a user" placeholder="Find a user" />
    )}
    toasts={
      <Toaster
        text={state.flash && flashText(state.flash)}
        undo={state.flash?.undo}
        viewer_id={state.viewer.user_id}
        path={url.pathname + url.search}
      />
    }
  >
    <Component />
  </Shell>
));
