import { ActionPage } from "@/components/ActionPage.tsx";
import { clearCookie } from "@/lib/web/cookies.ts";
import { defineApi } from "@/lib/web/define.ts";
import { askedAction } from "@/lib/web/user_action.ts";

// With script, a modal replaces this page.
export const handler = askedAction(
  "delete_user",
  ({ state }, { user_id }) =>
    user_id === state.actor.userId
      ? { location: "/login", cookies: [clearCookie(state.services.settings, "session")] }
      : {},
);

export default defineApi.page<typeof handler>(({ data, state }) => (
  <ActionPage action="delete_user" viewer_id={state.viewer.user_id} {...data} />
));
