import { ActionPage } from "@/components/ActionPage.tsx";
import { defineApi } from "@/lib/web/define.ts";
import { askedAction } from "@/lib/web/user_action.ts";

export const handler = askedAction("tag_user");

export default defineApi.page<typeof handler>(({ data, state }) => (
  <ActionPage action="tag_user" viewer_id={state.viewer.user_id} {...data} />
));
