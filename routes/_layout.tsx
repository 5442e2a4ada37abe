import { AppName } from "@/components/AppName.ts";
import { Outbox } from "@/components/Outbox.tsx";
import { ViewedUser } from "@/components/ViewedUser.ts";
import { showsOutbox } from "@/lib/domain/operation/outbox.ts";
import { define } from "@/lib/web/define.ts";

export default define.layout(({ Component, state }) => (
  <AppName.Provider value={state.services.settings.appName}>
    <ViewedUser.Provider value={state.viewer}>
      <Outbox.Provider value={showsOutbox(state.services)}>
        <Component />
      </Outbox.Provider>
    </ViewedUser.Provider>
  </AppName.Provider>
));
