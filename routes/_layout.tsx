import { AppName } from "@/components/AppName.ts";
import { ViewedUser } from "@/components/ViewedUser.ts";
import { define } from "@/lib/web/define.ts";

export default define.layout(({ Component, state }) => (
  <AppName.Provider value={state.services.settings.appName}>
    <ViewedUser.Provider value={state.viewer}>
      <Component />
    </ViewedUser.Provider>
  </AppName.Provider>
));
