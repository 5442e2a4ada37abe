import { ActionPage } from "@/components/ActionPage.tsx";
import { defineSignedIn } from "@/lib/web/define.ts";
import { askedAction } from "@/lib/web/user_action.ts";

export const handler = askedAction("reset_two_factor");

export default defineSignedIn.page<typeof handler>(({ data, state }) => (
  <ActionPage action="reset_two_factor" viewer_id={state.viewer.user_id} {...data} />
));
