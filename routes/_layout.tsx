import { AppName } from "@/components/AppName.ts";
import { define } from "@/lib/web/define.ts";

export default define.layout(({ Component, state }) => (
  <AppName.Provider value={state.services.settings.appName}>
    <Component />
  </AppName.Provider>
));
