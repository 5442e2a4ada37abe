import { ActionPage } from "@/components/ActionPage.tsx";
import { defineApi } from "@/lib/web/define.ts";
import { askedAction } from "@/lib/web/user_action.ts";

export const handler = askedAction("demand_password");

export default defineApi.page<typeof handler>(({ data, state }) => (
  <ActionPage action="demand_password" viewer_id={state.viewer.user_id} {...data} />
));
